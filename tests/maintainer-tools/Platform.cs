using System.Runtime.Versioning;

// As the program under test.
[assembly: SupportedOSPlatform("linux")]
