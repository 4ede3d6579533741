using System.Runtime.Versioning;

// The node runs on Linux, so its tests do.
[assembly: SupportedOSPlatform("linux")]
