using System.Text;

namespace SupplyChain.Fuzz.Tests.Inputs;

/// <summary>Pieces that readers of our formats stumble over if they stumble at all.</summary>
internal static class Tokens
{
    public static IReadOnlyList<byte[]> All { get; } =
    [
        .. Texts(
            // JSON: punctuation, escapes, things that are no canonical number or value.
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\"", "\\\\", "\\n", "\\u0000", "\\ud800", "\\uD834\\uDD1E", "null", "true", "false",
            "{}", "[]", "\"\"", "0", "-1", "+1", "00", "01", "1.0", "1e999", "1E1", "NaN", " ", "\t", "\r\n", "\n", "//x", "/**/",
            "\"type\":", "\"payload\":", "\"signature\":", "\"x\":1,", ",\"x\":1",
            // Numbers around the edges of what we count with.
            "9007199254740991", "9007199254740992", "4294967295", "4294967296", "2147483647", "2147483648",
            "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999",
            // Paths and names.
            "..", "../", "/../", "./", "/", "//", "..%2f", "%2e%2e", "%00", "x001/", ".p/", ".p/256", "tile/", "slots/", "a:b", "[::1]:1", "::1",
            // Notes, age, base64, versions.
            "\u2014 ", "+", "=", "==", "====", "-> ", "-> scrypt ", "--- ", "age-encryption.org/v1\n", "-----BEGIN AGE ENCRYPTED FILE-----\n",
            "-rc.1", "+meta", "1.0.0-01", "supplychain/", "urn:supplychain:problem:", "https://in-toto.io/Statement/v1", "DSSEv1 "),
        // UTF-8 that is none: lone bytes, overlong forms, surrogates, above the last character; and what looks harmless.
        [0xff], [0xfe, 0xff], [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf0, 0x9f],
        [0xef, 0xbb, 0xbf], [0xe2, 0x80, 0xae], [0xef, 0xbf, 0xbd], [0], [0, 0, 0, 0], [0x7f], [0x1b, 0x5b, 0x32, 0x4a],
        // Lengths and magics.
        [0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0, 0x20, 0, 0, 0, 0, 0, 0],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x28, 0xb5, 0x2f, 0xfd], .. Texts("ustar\0", "././@LongLink"),
        // Nesting, and more of the same than anybody needs.
        Repeat("[", 20), Repeat("[", 5_000), Repeat("{\"a\":", 3_000), Repeat("[[],", 2_000), Repeat("\\\"", 2_000), Repeat("9", 400),
        Repeat("A", 70_000), new byte[4_096],
    ];

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static byte[] Repeat(string text, int times) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, times)));
}
