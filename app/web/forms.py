"""The forms that sleeves are made of: SVG from two colours and a row of numbers."""

from collections.abc import Callable

Marks = list[int]
"""Numbers below 256, the same for the same text."""
Form = Callable[[str, str, Marks], str]


def _disc(a: str, b: str, n: Marks) -> str:
    x, y = (290, 110, 200)[n[0] % 3], (270, 300, 250)[n[1] % 3]
    circle = f'<circle cx="{x}" cy="{y}"'
    return f'{circle} r="128" fill="{a}"/>{circle} r="22" fill="{b}"/>'


def _rings(a: str, b: str, n: Marks) -> str:
    y, reach = ((400, 250), (268, 125))[n[0] % 2]
    return "".join(
        f'<circle cx="200" cy="{y}" r="{r}" fill="none" stroke="{b if i == n[1] % 6 else a}" '
        'stroke-width="13"/>'
        for i, r in enumerate(range(28, reach, 30))
    )


def _bars(a: str, b: str, n: Marks) -> str:
    return "".join(
        f'<rect x="{28 + i * 44}" y="{372 - h}" width="30" height="{h}" '
        f'fill="{b if i == n[9] % 8 else a}"/>'
        for i, h in enumerate(40 + v % 190 for v in n[:8])
    )


def _dots(a: str, b: str, n: Marks) -> str:
    return "".join(
        f'<circle cx="{48 + i % 6 * 61}" cy="{158 + i // 6 * 54}" r="{6 + n[i % 20] % 18}" '
        f'fill="{b if i == n[3] % 24 else a}"/>'
        for i in range(30)
    )


def _slope(a: str, b: str, n: Marks) -> str:
    s = n[0] % 90
    return (
        f'<path d="M0 {230 + s} L400 {150 - s // 3} V400 H0Z" fill="{a}"/>'
        f'<path d="M0 {330 + s // 2} L400 {250 - s // 4} V400 H0Z" fill="{b}"/>'
    )


def _quarters(a: str, b: str, n: Marks) -> str:
    places = [(0, 133), (133, 133), (267, 133), (0, 267), (133, 267), (267, 267)]
    return "".join(
        f'<path d="M{x} {y}h133.5a133.5 133.5 0 0 1 -133.5 133.5z" fill="{ink}" stroke="{ink}" '
        f'transform="rotate({n[i] % 4 * 90} {x + 66.7} {y + 66.7})"/>'
        for i, (x, y) in enumerate(places)
        for ink in [b if i == n[8] % 6 else a]
    )


def _waves(a: str, b: str, n: Marks) -> str:
    k = 26 + n[0] % 26
    return "".join(
        f'<path d="M-10 {y} q55 {-k} 105 0 t105 0 t105 0 t105 0" fill="none" '
        f'stroke="{b if i == n[1] % 7 else a}" stroke-width="11"/>'
        for i, y in enumerate(range(164, 400, 36))
    )


def _halves(a: str, b: str, n: Marks) -> str:
    flip = n[0] % 2
    return (
        f'<path d="M200 {140 + flip * 40} a110 110 0 0 {flip} 0 220z" fill="{a}"/>'
        f'<path d="M200 {180 - flip * 40} a110 110 0 0 {1 - flip} 0 220z" fill="{b}"/>'
    )


def _steps(a: str, b: str, n: Marks) -> str:
    return "".join(
        f'<rect x="{28 + n[i] % 60 + i * 14}" y="{150 + i * 34}" width="{120 + n[i + 6] % 130}" '
        f'height="20" fill="{b if i == n[2] % 7 else a}"/>'
        for i in range(7)
    )


def _needle(a: str, b: str, n: Marks) -> str:
    heights = [182 if i == n[0] % 21 else 102 if i % 5 == 0 else 62 for i in range(21)]
    return "".join(
        f'<rect x="{28 + i * 17}" y="{372 - h}" width="{7 if h == max(heights) else 3}" '
        f'height="{h}" fill="{b if h == max(heights) else a}"/>'
        for i, h in enumerate(heights)
    )


FORMS: list[Form] = [
    _disc,
    _rings,
    _bars,
    _dots,
    _slope,
    _quarters,
    _waves,
    _halves,
    _steps,
    _needle,
]
