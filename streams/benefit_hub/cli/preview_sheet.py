"""A sheet on which `hub preview` draws: text, boxes and bars as SVG, without scripts, links or pictures from elsewhere."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Literal
from unicodedata import east_asian_width

WIDTH, MARGIN = 1200, 40
DARK, GREY, PALE, RULE = "#1a1a1a", "#4d4d4d", "#f2f4f7", "#9aa0a6"
FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','SimHei','WenQuanYi Micro Hei',sans-serif"
)
FILLS = {"before": "url(#before)", "after": "#1f5f99", "more": "url(#more)", "less": "url(#less)"}
"""Each has a pattern of its own, so that it is told apart without colours."""
PATTERNS = (
    '<defs><pattern id="before" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#ffffff"/><rect width="2" height="6" fill="#5f6b7a"/></pattern>'
    '<pattern id="less" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#ffffff"/><circle cx="3" cy="3" r="1.8" fill="#8a3b00"/></pattern>'
    '<pattern id="more" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="4" height="4" fill="#cfe3d6"/><rect width="2" height="4" fill="#0b6e4f"/></pattern></defs>'
)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Anchor = Literal["start", "end", "middle"]


class Sheet:
    """What is drawn so far, and how far down."""

    def __init__(self) -> None:
        self.y = MARGIN
        self._parts: list[str] = []

    def text(
        self,
        x: int,
        y: int,
        said: str,
        *,
        size: int = 15,
        anchor: Anchor = "start",
        bold: bool = False,
        fill: str = DARK,
    ) -> None:
        """A line of text."""
        weight = ' font-weight="bold"' if bold else ""
        self._parts.append(
            f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{weight}>{clean(said)}</text>'
        )

    def paragraph(self, said: str, *, size: int = 15, bold: bool = False, fill: str = DARK) -> None:
        """Text over the whole width, in as many lines as it takes."""
        for line in wrapped(said, size, WIDTH - 2 * MARGIN):
            self.y += size * 8 // 5
            self.text(MARGIN, self.y, line, size=size, bold=bold, fill=fill)

    def box(self, x: int, y: int, width: int, height: int, fill: str = PALE) -> None:
        """A filled box."""
        self._parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"/>')

    def bar(self, x: int, y: int, width: int, height: int, kind: str) -> None:
        """A bar with an outline; none of no width."""
        if width > 0:
            size = f'x="{x}" y="{y}" width="{width}" height="{height}"'
            self._parts.append(f'<rect {size} fill="{FILLS[kind]}" stroke="{DARK}" stroke-width="1"/>')

    def rule(self, x: int, y: int, to_x: int, to_y: int) -> None:
        """A thin line."""
        self._parts.append(f'<path d="M{x} {y}L{to_x} {to_y}" stroke="{RULE}" stroke-width="1" fill="none"/>')

    def svg(self, title: str, description: str) -> str:
        """The whole sheet; the description is for who does not see it."""
        height = self.y + MARGIN
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'xml:lang="zh-CN" lang="zh-CN" role="img" aria-labelledby="title desc" font-family="{FONTS}">'
        )
        named = f'<title id="title">{clean(title)}</title>\n<desc id="desc">{clean(description)}</desc>'
        ground = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        return "\n".join(
            ['<?xml version="1.0" encoding="UTF-8"?>', head, named, PATTERNS, ground, *self._parts, "</svg>\n"]
        )


def clean(said: str) -> str:
    """Text that any reader of XML takes, with nothing in it that is more than text."""
    return escape(NOT_XML.sub("", said))


def tenths(said: str) -> int:
    """About how wide a text is, in tenths of its size: a Chinese sign is as wide as it is high."""
    return sum(10 if east_asian_width(each) in "WFA" else 6 for each in said)


def wrapped(said: str, size: int, width: int) -> Iterator[str]:
    """The lines of a text that is no wider than so many points; no line begins with a closing mark."""
    line = ""
    for each in said:
        if line and tenths(line + each) * size > width * 10 and each not in "，。；：）」、":
            yield line
            line = ""
        line += each
    yield line


def shares(values: Sequence[int], width: int) -> list[int]:
    """How long bars of these values are, the longest as long as told; what is more than nothing can be seen."""
    most = max(map(abs, values), default=0)
    return [max(2, abs(each) * width // most) if each else 0 for each in values]
