using System.Runtime.Versioning;

// File modes, fsync of directories, flock: a node runs on Linux.
[assembly: SupportedOSPlatform("linux")]
