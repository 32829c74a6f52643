"""The values of a small XML document of which nothing but elements and texts is taken."""

from __future__ import annotations

from xml.etree import ElementTree as ET

_REFUSED = (b"<!DOCTYPE", b"<!ENTITY")


def elements(text: bytes) -> ET.Element:
    """The root of a document in UTF-8 without a document type and without entities. Raises ValueError."""
    if any(word in text.upper() for word in _REFUSED):
        raise ValueError("a document type")
    try:
        # Decoded first, so that no declaration of another encoding hides one.
        return ET.fromstring(text.decode("utf-8-sig"))  # noqa: S314 - as above
    except (ET.ParseError, RecursionError):
        raise ValueError("no XML") from None


def only(root: ET.Element, name: str) -> str:
    """The text of the only child of this name. Raises ValueError where there is none, or another one."""
    found = root.findall(name)
    if len(found) != 1 or len(found[0]):
        raise ValueError("not exactly one element")
    return (found[0].text or "").strip()


def texts(root: ET.Element) -> dict[str, str]:
    """The texts of the children that hold no elements. Raises ValueError where a name comes twice."""
    leaves = [(child.tag, (child.text or "").strip()) for child in root if not len(child)]
    values = dict(leaves)
    if len(values) != len(leaves):
        raise ValueError("an element stands twice")
    return values
