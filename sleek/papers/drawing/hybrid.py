"""What a PDF says of itself when it carries an e-invoice: that it is a Factur-X, in which profile.

Typst attaches the file as the standard wants it, but writes no metadata but its own. So they stand
once more behind the file, with ours among them, as a further revision of that one object. The
signature comes after, and covers both.
"""

from __future__ import annotations

import re

NAME = "factur-x.xml"
_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_SAID = {
    "DocumentType": "INVOICE",
    "DocumentFileName": NAME,
    "Version": "1.0",
    "ConformanceLevel": "EN 16931",
}
# PDF/A knows only what is declared: each property, in the list of schemas that Typst begins.
_LIST, _END = b"<pdfaExtension:schemas><rdf:Bag>", b"</rdf:RDF>"
_PROPERTY = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
    "<pdfaProperty:description>{0} of the embedded invoice</pdfaProperty:description>"
    "<pdfaProperty:name>{0}</pdfaProperty:name>"
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
)
_SCHEMA = (
    '<rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    + "".join(_PROPERTY.format(name) for name in _SAID)
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
).encode()
_WORDS = (
    f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">'
    + "".join(f"<fx:{name}>{text}</fx:{name}>" for name, text in _SAID.items())
    + "</rdf:Description>"
).encode()
# As Typst writes them: the metadata as plain text, one table of places, and where that begins.
_METADATA = re.compile(
    rb"\n(\d+) 0 obj\n<<[^>]*/Type\s*/Metadata[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL
)
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s+(\d+)\s+%%EOF\s*\Z", re.DOTALL)


def declared(pdf: bytes) -> bytes:
    """The same file, saying that it is one. Raises `ValueError` on a file that is not as known."""
    metadata, trailer = list(_METADATA.finditer(pdf)), _TRAILER.search(pdf)
    if len(metadata) != 1 or trailer is None:
        raise ValueError("this is no file as Typst writes them")
    number, said = metadata[0].groups()
    if said.count(_LIST) != 1 or said.count(_END) != 1:
        raise ValueError("these are no metadata as Typst writes them")
    said = said.replace(_LIST, _LIST + _SCHEMA).replace(_END, _WORDS + _END)
    head = b"%s 0 obj\n<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n" % (number, len(said))
    place = len(pdf) + 1
    body = b"\n" + head + said + b"\nendstream\nendobj\n"
    table = b"xref\n0 1\n0000000000 65535 f \n%s 1\n%010d 00000 n \n" % (number, place)
    end = b"trailer\n<<%s/Prev %s>>\n" % trailer.groups()
    return pdf + body + table + end + b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + len(body))


def enclosed_invoice(pdf: bytes) -> bytes:
    """The e-invoice within one of our own papers; nothing where there is none."""
    if b"urn:factur-x" not in pdf:
        return b""
    from facturx import get_facturx_xml_from_pdf  # a fifth of a second, which few processes need

    _name, found = get_facturx_xml_from_pdf(pdf, check_xsd=False)
    return bytes(found) if found else b""
