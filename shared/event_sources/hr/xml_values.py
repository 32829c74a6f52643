"""Reads values from a small XML document. Only elements and texts are accepted."""

from __future__ import annotations

from xml.etree import ElementTree as ET

_REFUSED = (b"<!DOCTYPE", b"<!ENTITY")


def elements(text: bytes) -> ET.Element:
    """The root of a UTF-8 document without a document type or entities. Raises ValueError."""
    if any(word in text.upper() for word in _REFUSED):
        raise ValueError("a document type")
    try:
        # Decoded first, so that a document type cannot hide in another encoding.
        return ET.fromstring(text.decode("utf-8-sig"))  # noqa: S314 - as above
    except (ET.ParseError, RecursionError):
        raise ValueError("no XML") from None


def only(root: ET.Element, name: str) -> str:
    """The text of the only child with this name. Raises ValueError where there is none, or more than one."""
    found = root.findall(name)
    if len(found) != 1 or len(found[0]):
        raise ValueError("not exactly one element")
    return (found[0].text or "").strip()


def texts(root: ET.Element) -> dict[str, str]:
    """The texts of the children without child elements. Raises ValueError where a name comes twice."""
    leaves = [(child.tag, (child.text or "").strip()) for child in root if not len(child)]
    values = dict(leaves)
    if len(values) != len(leaves):
        raise ValueError("an element stands twice")
    return values
