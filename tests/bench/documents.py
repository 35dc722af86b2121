"""Files as people attach them, for the corpus: PDF, OOXML and zip that are
what they are called, made by this script alone. The same random.Random gives
the same files (with the same zlib)."""

import functools
import io
import random
import struct
import zipfile
import zlib

PAGE_LINES, LINE_WORDS = 44, 11
WIDTH, HEIGHT = 595, 842  # A4, in points
IMAGE_NOISE = 0.55  # octets of a packed pixel of image(), about


FIRST, LAST, EM, ADVANCE = 32, 126, 1000, 520


def glyph(chance):
    """A TrueType outline: an upright stroke or two, bars across."""
    boxes = [(x, 0, x + 80, 700) for x in chance.sample((40, 220, 400), 1 + chance.randrange(2))]
    boxes += [(40, y, 480, y + 70) for y in chance.sample((0, 210, 420, 630), 1 + chance.randrange(2))]
    points = [p for x, y, r, t in boxes for p in ((x, y), (x, t), (r, t), (r, y))]
    ends = range(3, len(points), 4)
    delta = lambda axis: struct.pack(">%dh" % len(points), *(
        p[axis] - (points[i - 1][axis] if i else 0) for i, p in enumerate(points)))
    out = (struct.pack(">5h", len(boxes), 40, 0, 480, 700) +
           struct.pack(">%dH" % len(boxes), *ends) + b"\0\0" +
           b"\1" * len(points) + delta(0) + delta(1))
    return out + b"\0" * (-len(out) % 4)


@functools.lru_cache
def font():
    """A font of letters that are made up: pages are drawn with what is in the
    file, as the reader has no fonts of its own."""
    chance, count = random.Random(5), LAST - FIRST + 2
    glyphs = [b"", b""] + [glyph(chance) for _ in range(count - 2)]
    at = [sum(map(len, glyphs[:i])) // 2 for i in range(count + 1)]
    codes = bytes(c - FIRST + 1 if FIRST <= c <= LAST else 0 for c in range(256))
    tables = {
        b"cmap": struct.pack(">HHHHLHHH", 0, 1, 1, 0, 12, 0, 262, 0) + codes,
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(">LLLLHHQQ4hHHhhh", 0x10000, 0, 0, 0x5f0f3cf5, 0,
                             EM, 0, 0, 0, 0, EM, EM, 0, 8, 2, 0, 0),
        b"hhea": struct.pack(">L3hH11hH", 0x10000, 800, -200, 0, ADVANCE,
                             *[0] * 11, count),
        b"hmtx": struct.pack(">Hh", ADVANCE, 40) * count,
        b"loca": struct.pack(">%dH" % (count + 1), *at),
        b"maxp": struct.pack(">LH13H", 0x10000, count, 20, 5, 0, 0, 1, *[0] * 8),
    }
    start, head, body = 12 + 16 * len(tables), b"", b""
    for tag, octets in sorted(tables.items()):
        head += struct.pack(">4sLLL", tag, 0, start + len(body), len(octets))
        body += octets + b"\0" * (-len(octets) % 4)
    return (struct.pack(">LHHHH", 0x10000, len(tables), 64, 2, 48) + head + body)


def sentence(chance, words):
    return " ".join(chance.choice(words) for _ in range(LINE_WORDS))


def row(chance, words):
    """Of a bill: what, how many, how much."""
    return "%-24s %6d %10.2f %12.2f" % (
        " ".join(chance.choice(words) for _ in range(2)), chance.randrange(500),
        chance.random() * 90, chance.random() * 9000)


def content(chance, words, image):
    """What draws a page: lines of text, a table with its rules, a picture."""
    out = ["0.2 w BT /F1 16 Tf 56 780 Td (%s) Tj ET"
           % sentence(chance, words)[:40].capitalize()]
    table = chance.randrange(PAGE_LINES) if chance.random() < 0.5 else PAGE_LINES
    lines = PAGE_LINES - (18 if image else chance.randrange(12))
    for i in range(lines):
        y = 750 - 16 * i
        text = (row if i > table else sentence)(chance, words)
        out.append("BT /F1 9 Tf 56 %d Td (%s) Tj ET" % (y, text))
        if i > table:
            out.append("56 %d m 540 %d l S" % (y - 4, y - 4))
    if image:
        out.append("q 280 0 0 200 56 60 cm /I1 Do Q")
    return "\n".join(out).encode()


def image(chance, octets):
    """Pixels, width and height of a picture that packs to so many octets: a
    slope with grain, as a scan or a photograph has it."""
    width = max(16, int((octets / IMAGE_NOISE * 1.4) ** 0.5))
    height = max(12, int(octets / IMAGE_NOISE / width))
    grain = chance.randbytes(width * height)
    return (bytes(min(255, (x * 90 // width) + (y * 90 // height) + 60 +
                      (grain[y * width + x] & 15))
                  for y in range(height) for x in range(width)), width, height)


class Pdf:
    """Objects by number, in the order in which they were added."""

    def __init__(self):
        self.objects = []

    def add(self, text, stream=None):
        if stream is not None:
            text = "<<%s/Length %d>>stream\n" % (text, len(stream))
            stream += b"\nendstream"
        self.objects.append(text.encode() + (stream or b""))
        return len(self.objects)

    def finish(self, root):
        out, at = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), []
        for number, octets in enumerate(self.objects, 1):
            at.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, octets)
        start, count = len(out), len(at) + 1
        out += b"xref\n0 %d\n0000000000 65535 f \n" % count
        out += b"".join(b"%010d 00000 n \n" % a for a in at)
        out += (b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
                % (count, root, start))
        return bytes(out)


def add_font(p):
    octets = font()
    file = p.add("/Length1 %d/Filter/FlateDecode" % len(octets),
                 zlib.compress(octets))
    told = p.add("<</Type/FontDescriptor/FontName/AAAAAA+Made/Flags 32/FontBBox"
                 "[0 -200 %d 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight"
                 " 700/StemV 80/FontFile2 %d 0 R>>" % (EM, file))
    return p.add("<</Type/Font/Subtype/TrueType/BaseFont/AAAAAA+Made/Encoding"
                 "/WinAnsiEncoding/FirstChar %d/LastChar %d/Widths[%s]"
                 "/FontDescriptor %d 0 R>>"
                 % (FIRST, LAST, ("%d " % ADVANCE) * (LAST - FIRST + 1), told))


def pdf(chance, octets, words):
    """Some pages with text, tables and links; in every second one a picture
    that makes it as long as is wanted, in the others there are pages for it."""
    p, pages, spent = Pdf(), [], 4000
    packed = chance.random() < 0.7
    pictured = octets > 9000 and chance.random() < 0.5
    fonts = "/Font<</F1 %d 0 R>>" % add_font(p)
    most = 1 + chance.randrange(2) if pictured else 20
    while len(pages) < most and (not pages or spent < octets):
        drawn = content(chance, words, pictured and not pages)
        pages.append(zlib.compress(drawn) if packed else drawn)
        spent += len(pages[-1]) + 250
    resources = "/Resources<<%s" % fonts
    if pictured:
        pixels, width, height = image(chance, max(600, octets - spent))
        resources += "/XObject<</I1 %d 0 R>>" % p.add(
            "/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
            "/BitsPerComponent 8/Filter/FlateDecode" % (width, height),
            zlib.compress(pixels))
    tree = len(p.objects) + 2 * len(pages) + 1
    kids = []
    for drawn in pages:
        number = p.add("/Filter/FlateDecode" if packed else "", drawn)
        kids.append(p.add(
            "<</Type/Page/Parent %d 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R"
            "%s>>%s>>" % (tree, WIDTH, HEIGHT, number, resources, links(chance))))
    p.add("<</Type/Pages/Kids[%s]/Count %d>>"
          % (" ".join("%d 0 R" % k for k in kids), len(kids)))
    return p.finish(p.add("<</Type/Catalog/Pages %d 0 R>>" % tree))


def links(chance):
    """Of a page, none as often as one or two."""
    found = ["<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[56 %d 300 %d]/A<<"
             "/S/URI/URI(https://www.site%d.example/doc/%d)>>>>"
             % (y, y + 12, chance.randrange(40), chance.randrange(9999))
             for y in (60, 90)[:chance.choice((0, 0, 1, 2))]]
    return "/Annots[%s]" % "".join(found) if found else ""


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, octets in members:
            z.writestr(zipfile.ZipInfo(name, (2026, 1, 6, 10, 0, 0)), octets,
                       zipfile.ZIP_DEFLATED)
    return out.getvalue()


def docx(chance, octets, words):
    """What a word processor writes, and a picture for the rest of its size."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    package = "http://schemas.openxmlformats.org/package/2006/"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    text = "".join(
        '<w:p><w:r><w:rPr><w:sz w:val="22"/></w:rPr><w:t>%s</w:t></w:r></w:p>'
        % sentence(chance, words) for _ in range(20 + chance.randrange(60)))
    link = "https://www.site%d.example/doc/%d" % (chance.randrange(40),
                                                  chance.randrange(9999))
    pixels, width, height = image(chance, max(600, octets - 4000))
    return zipped((
        ("[Content_Types].xml",
         head + '<Types xmlns="%scontent-types"><Default Extension="rels" '
         'ContentType="application/vnd.openxmlformats-package.relationships+xml"'
         '/><Default Extension="xml" ContentType="application/xml"/><Default '
         'Extension="bmp" ContentType="image/bmp"/></Types>' % package),
        ("_rels/.rels",
         head + '<Relationships xmlns="%srelationships"><Relationship Id="rId1" '
         'Type="%s/officeDocument" Target="word/document.xml"/></Relationships>'
         % (package, office)),
        ("word/document.xml",
         head + '<w:document xmlns:w="http://schemas.openxmlformats.org/'
         'wordprocessingml/2006/main"><w:body>%s</w:body></w:document>' % text),
        ("word/_rels/document.xml.rels",
         head + '<Relationships xmlns="%srelationships"><Relationship Id="rId1" '
         'Type="%s/hyperlink" Target="%s" TargetMode="External"/>'
         '</Relationships>' % (package, office, link)),
        ("word/media/image1.bmp", bmp(pixels, width, height))))


def bmp(pixels, width, height):
    """Of shades of grey, 8 bits a pixel, the lowest row first."""
    pad, size = b"\0" * (-width % 4), 54 + 1024 + (width + -width % 4) * height
    little = lambda n, octets: n.to_bytes(octets, "little")
    return (b"BM" + little(size, 4) + little(0, 4) + little(54 + 1024, 4) +
            little(40, 4) + little(width, 4) + little(height, 4) +
            little(1, 2) + little(8, 2) + bytes(24) +
            b"".join(bytes((g, g, g, 0)) for g in range(256)) +
            b"".join(pixels[y * width:(y + 1) * width] + pad
                     for y in reversed(range(height))))


def archive(chance, octets, words):
    """A text and a list of numbers, as a scanner or an accounting program
    sends them."""
    numbers, size = [], 0
    while size < 3 * octets:  # packed, a third is left
        numbers.append(row(chance, words))
        size += len(numbers[-1]) + 1
    return zipped((("read me.txt", sentence(chance, words) + "\n"),
                   ("numbers.csv", "\n".join(numbers) + "\n")))


# What makes it, its type, its name. Of five attachments three are PDF.
KINDS = (
    (pdf, "application/pdf", "report-%d.pdf"),
    (docx, "application/vnd.openxmlformats-officedocument."
           "wordprocessingml.document", "minutes-%d.docx"),
    (pdf, "application/pdf", "invoice-%d.pdf"),
    (archive, "application/zip", "numbers-%d.zip"),
    (pdf, "application/pdf", "offer-%d.pdf"),
)


def attachment(chance, number, octets, words):
    """Octets of about that size, main type, subtype, name."""
    make, kind, name = KINDS[number % len(KINDS)]
    return (make(chance, octets, words), *kind.split("/"), name % number)
