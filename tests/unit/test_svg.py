"""Mermaid's SVG, made fit for a page: nothing hostile stays, nothing collides."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from kernelref.core.svg import SvgError, inline

HEAD = (
    '<svg id="my-svg" width="100%" xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="-8 -8.04 210.123456 99.96" '
    'role="graphics-document document" style="max-width: 210px; background-color: transparent;">'
)
STYLE = (
    "<style>#my-svg{font-family:arial;fill:#333;}@keyframes dash{to{stroke-dashoffset:0;}}"
    "#my-svg .node rect{fill:#ECECFF;stroke:#9370DB;}#my-svg .x,body{color:red;}body{display:none;}"
    "#my-svg #arrowhead path{fill:url(#grad);}#my-svg .u{fill:url(https://e.org/x);background:url('//e.org')}"
    '#my-svg .v{behavior:x;color:expression(alert(1))}@import "https://e.org/x.css";</style>'
)
CHART = (
    HEAD + STYLE + '<g><marker id="my-svg_pointEnd" markerWidth="8">'
    '<path d="M 0 0 L 10 5" class="arrowMarkerPath" style="x"/></marker>'
    '<marker id="my-svg_unused"><path d="M 0 0"/></marker>'
    '<path d="M1.04,2.06L3.449,-0.01" id="my-svg-e0_pointer" class="edge flowchart-link" '
    'data-id="e0_pointer" '
    'data-points="W3sieCI6" style=";" marker-end="url(#my-svg_pointEnd)" marker-start="url(//e.org/x)"/>'
    '<g class="clusters"/><a xlink:href="https://e.org/m.c#L1" transform="translate(10.04, 20.06)">'
    '<g class="node default here" id="my-svg-flowchart-n0-0" title="tip &quot;x&quot; &lt;b&gt;">'
    '<rect class="basic label-container" style="fill:#f00" x="-1.26" y="2" width="3" height="4"/>'
    '<g class="label"><rect/><foreignObject width="10.01" height="20">'
    '<div xmlns="http://www.w3.org/1999/xhtml" style="display:table-cell"><span class="nodeLabel"><p>'
    "<code>zap()</code><br /><small>m.c:1</small><br/><em>锁 &lt;b&gt; &amp;</em></p></span></div>"
    "</foreignObject></g></g></a></g>"
    '<defs><filter id="my-svg-drop-shadow"><feDropShadow/></filter></defs></svg>'
)


def drawn(body: str, **options: object) -> str:
    """Put a body into Mermaid's frame and make it inline."""
    return inline(f"{HEAD}{body}</svg>", "p", **options)  # type: ignore[arg-type]


def test_chart() -> None:
    """A chart keeps its geometry and its links, and loses colours, fonts and what nothing uses."""
    assert inline(CHART, "p-1", title="T <t>", desc="D") == (
        '<svg xmlns="http://www.w3.org/2000/svg" id="p-1" class="kernelref-svg kernelref-svg-chart" '
        'viewBox="-8 -8 210.1 100" width="210.1" height="100" style="--kernelref-width: 210.1px" '
        'role="graphics-document document" aria-labelledby="p-1-title" aria-describedby="p-1-desc">'
        '<title id="p-1-title">T &lt;t&gt;</title><desc id="p-1-desc">D</desc><g>'
        '<marker id="p-1-pointEnd" markerWidth="8"><path class="kr-head" d="M 0 0 L 10 5"/></marker>'
        '<path class="kr-edge kr-pointer" d="M1,2.1L3.4,0" marker-end="url(#p-1-pointEnd)"/>'
        '<a href="https://e.org/m.c#L1" rel="noopener" transform="translate(10, 20.1)">'
        '<g class="kr-node kr-here"><title>tip &quot;x&quot; &lt;b&gt;</title>'
        '<rect class="kr-box" x="-1.3" y="2" width="3" height="4"/>'
        '<g><foreignObject width="10.1" height="20"><div><code>zap()</code><br/><small>m.c:1</small><br/>'
        "<em>锁 &lt;b&gt; &amp;</em></div></foreignObject></g></g></a></g></svg>"
    )


def test_own_style() -> None:
    """Another diagram keeps its rules, confined to itself, without fonts, animations and addresses."""
    text = inline(CHART, "p", own_style=True)
    style = re.search("<style>(.*?)</style>", text, re.S)
    assert style is not None
    assert style[1].split("\n") == [
        "#p{fill:#333}",
        "#p .node rect{fill:#ECECFF;stroke:#9370DB}",
        "#p #p-arrowhead path{fill:url(#p-grad)}",
    ]
    assert '<g id="p-flowchart-n0-0" class="node default here">' in text
    assert 'style="fill:#f00"' in text
    assert "e.org/x" not in text


def test_ids_do_not_collide() -> None:
    """Two drawings have no id in common, and every reference leads into its own drawing."""
    pages = [
        inline(CHART, prefix, title="t", own_style=own) for own in (False, True) for prefix in ("a", "b")
    ]
    for one, other in (pages[:2], pages[2:]):
        ids = [set(re.findall(r'\bid="([^"]+)"', page)) for page in (one, other)]
        assert not ids[0] & ids[1]
        for page, own in zip((one, other), ids, strict=True):
            used = re.findall(r'url\(#([^)]+)\)|aria-labelledby="([^"]+)"', page.split("</style>")[-1])
            assert {first or second for first, second in used} <= own


def test_hovers() -> None:
    """A hover given for a node or an edge becomes its title, in place of Mermaid's own."""
    text = inline(CHART, "p", hovers={"n0": "the node", "e0_pointer": "the\u202e <edge>"})
    assert '<g class="kr-node kr-here"><title>the node</title>' in text
    assert "<title>the &lt;edge&gt;</title></path>" in text
    assert "tip" not in text


HOSTILE = [
    "<script>alert(1)</script>",
    '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
    '<rect width="1" onload="alert(1)" onclick="alert(1)"/>',
    '<a xlink:href="javascript:alert(1)"><rect width="1"/></a>',
    '<a href=" java&#10;script:alert(1)"><rect width="1"/></a>',
    '<a href="data:text/html,alert(1)"><rect width="1"/></a>',
    '<image href="https://alert(1)/"/>',
    '<use xlink:href="https://alert(1)/#x"/>',
    '<animate attributeName="href" to="javascript:alert(1)"/>',
    '<set attributeName="onload" to="alert(1)"/>',
    '<rect width="1" fill="url(https://alert(1)/)" style="fill:url(//alert(1));background:alert(1)"/>',
    '<rect width="1" class="x&quot; onload=&quot;alert(1)"/>',
    '<foreignObject width="1"><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://alert(1)"/></foreignObject>',
    '<foreignObject width="1"><div xmlns="http://www.w3.org/1999/xhtml" onclick="alert(1)" '
    'style="position:fixed;background:url(//alert(1))">x<img src="alert(1)"/></div></foreignObject>',
    '<foreignObject width="1"><div xmlns="http://www.w3.org/1999/xhtml"><a href="javascript:alert(1)">x</a>'
    "<style>@import 'alert(1)'</style><form action='alert(1)'/></div></foreignObject>",
    "<style>#my-svg{}&lt;/style>&lt;script>alert(1)&lt;/script></style>",
    "<style>#my-svg .x{color:red}\\3c/style{alert(1)}</style>",
    "<!-- alert(1) --><?alert 1?>",
    '<text aria-label="alert(1)" id="&quot;>alert(1)">x</text>',
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>alert(1)</mi></math>',
]


@pytest.mark.parametrize("own_style", [False, True], ids=["chart", "own"])
@pytest.mark.parametrize("body", HOSTILE)
def test_nothing_hostile_stays(body: str, own_style: bool) -> None:
    """No script, handler, foreign address or unlisted element comes out."""
    text = drawn(f'<g><rect width="2"/>{body}</g>', own_style=own_style)
    assert "alert(" not in text.replace("id=&quot;", "")
    assert not re.search(
        r"<(script|iframe|image|use|animate|set|img|form|math)|\son\w+=|javascript|position", text
    )


def test_hostile_text_is_escaped() -> None:
    """Text and titles come out as text."""
    evil = '</title></svg><script>alert(1)</script>\u0000\u202e"'
    text = drawn('<text x="1">&lt;script&gt;</text>', title=evil, desc=evil)
    assert "<script" not in text
    assert "\u202e" not in text
    assert text.count("</svg>") == 1
    ElementTree.fromstring(text)


@pytest.mark.parametrize(
    ("svg", "said"),
    [
        ("", "not XML"),
        ("<svg", "not XML"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD + "</svg>", "document type"),
        ("<html/>", "not an svg"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "no size"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 5"/>', "no size"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e9 5"/>', "no size"),
        (HEAD + "<g>" * 100 + '<rect width="1"/>' + "</g>" * 100 + "</svg>", "nests"),
        (HEAD + " " * 8_000_001 + "</svg>", "characters"),
    ],
)
def test_refused(svg: str, said: str) -> None:
    """What is no drawing, or could not be taken in, is refused in words."""
    with pytest.raises(SvgError, match=said):
        inline(svg, "p")


@pytest.mark.parametrize(
    ("attribute", "shortened"),
    [
        ('d="M1.26,2.04C-0.04,1e-7,3.999,4"', 'd="M1.3,2C0,0,4,4"'),
        ('d="M1.2345 2l0.1234,0.5678"', 'd="M1.234 2l0.123,0.568"'),
        ('d="M1.55.55"', 'd="M1.55.55"'),
        ('transform="translate(1.26, -0.04)"', 'transform="translate(1.3, 0)"'),
        ('transform="rotate(0.12345)"', 'transform="rotate(0.123)"'),
        ('points="1.26,2.34 3,4"', 'points="1.3,2.3 3,4"'),
    ],
)
def test_numbers(attribute: str, shortened: str) -> None:
    """Coordinates have one decimal; what adds up keeps three; what runs together is left alone."""
    assert shortened in drawn(f"<path {attribute}/>")


def test_empty_html_is_closed() -> None:
    """An HTML parser, which knows no self-closing ``span``, reads what was meant."""
    html = '<div xmlns="http://www.w3.org/1999/xhtml"><span/>x<br/></div>'
    assert "<span></span>x<br/>" in drawn(f'<foreignObject width="1">{html}</foreignObject>', own_style=True)
