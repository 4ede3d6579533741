using System.Runtime.InteropServices;

namespace SupplyChain.UpdaterAgent.Installation.Archives;

/// <summary>
/// Decompresses zstd frames (RFC 8878) by the system's libzstd. The source stays the caller's. Input that is no zstd,
/// damaged, cut off, or that asks for a larger window is an <see cref="InvalidDataException"/>.
/// </summary>
internal sealed unsafe partial class ZstdStream : ReadOnlyStream
{
    private const string Library = "libzstd.so.1";
    private const int WindowLogMax = 100;

    /// <summary>128 MiB: what <c>zstd -d</c> takes by itself, and the most memory a frame can ask for.</summary>
    private const int LargestWindowLog = 27;

    private readonly Stream _source;
    private readonly Decompressor _decompressor;
    private readonly byte[] _input = new byte[131_072];
    private int _start, _end;
    private bool _sourceEnded, _inFrame;

    /// <exception cref="MissingLibraryException">libzstd is not there.</exception>
    public ZstdStream(Stream source)
    {
        RequireLibrary();
        _source = source;
        _decompressor = CreateDStream();
        if (_decompressor.IsInvalid) throw new InsufficientMemoryException("zstd");
        Check(SetParameter(_decompressor, WindowLogMax, LargestWindowLog));
    }

    /// <exception cref="MissingLibraryException">The library is not there.</exception>
    public static void RequireLibrary(string library = Library)
    {
        if (!NativeLibrary.TryLoad(library, out _)) throw new MissingLibraryException(library);
    }

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            Refill();
            if (_start == _end && !_inFrame) return 0;

            int written = Decompress(buffer);
            if (written > 0) return written;
            if (_start == _end && _sourceEnded && _inFrame) throw new InvalidDataException("zstd: ends within a frame");
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _decompressor.Dispose();
        base.Dispose(disposing);
    }

    private void Refill()
    {
        if (_start < _end || _sourceEnded) return;

        _start = 0;
        _end = _source.Read(_input);
        _sourceEnded = _end == 0;
    }

    private int Decompress(Span<byte> output)
    {
        fixed (byte* from = _input, to = output)
        {
            var source = new NativeBuffer { Bytes = from, Size = (nuint)_end, Position = (nuint)_start };
            var destination = new NativeBuffer { Bytes = to, Size = (nuint)output.Length };
            _inFrame = Check(DecompressStream(_decompressor, ref destination, ref source)) != 0;
            _start = (int)source.Position;
            return (int)destination.Position;
        }
    }

    private static nuint Check(nuint result) => IsError(result) == 0
        ? result
        : throw new InvalidDataException("zstd: " + Marshal.PtrToStringUTF8(GetErrorName(result)));

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which have the same layout.</summary>
    private struct NativeBuffer
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }

    private sealed class Decompressor() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => FreeDStream(handle) == 0;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    private static partial Decompressor CreateDStream();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    private static partial nuint FreeDStream(nint decompressor);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    private static partial nuint SetParameter(Decompressor decompressor, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    private static partial nuint DecompressStream(
        Decompressor decompressor, ref NativeBuffer output, ref NativeBuffer input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint result);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint GetErrorName(nuint result);
}
