"""Reads the texts of a PNG file by the letter of its format, without the library that wrote it."""

import struct
import zlib

# What every picture of a session tells, whoever wrote it.
PROVENANCE = {
    *("Software", "Title", "Data", "Source", "Instrument", "Parameters", "Layer", "Scale", "Event", "Time"),
    *("Digest", "Book", "Column", "VisibleTime", "VisiblePrices"),
}


def png_texts(png: bytes) -> dict[str, str]:
    """Return the chunks tEXt, zTXt and iTXt by keyword; every checksum must be right."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    texts, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        at += 12 + length
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            keyword, rest = body.split(b"\0", 1)
            texts[keyword.decode("latin-1")] = _text(kind, rest)
    return texts


def _text(kind: bytes, rest: bytes) -> str:
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        return zlib.decompress(rest[1:]).decode("latin-1")
    is_compressed, _method, language_on = rest[0], rest[1], rest[2:]
    _language, _translated, text = language_on.split(b"\0", 2)
    return (zlib.decompress(text) if is_compressed else text).decode()
