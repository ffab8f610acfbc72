"""Text recognition for scanned pages, by the ``tesseract`` program where it is installed."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

from imr_rules.errors import InputError

_DOTS_PER_INCH = 300
_SECONDS_A_PAGE = 120
_MOST_PIXELS = 60_000_000
"""A page of A2 at this resolution; a larger one is rendered smaller."""


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """The words of an image, line by line, and the mean confidence in them, from 0 to 1."""

    text: str
    confidence: float


def recognition_is_available() -> bool:
    """Tell whether scanned pages can be recognised on this machine."""
    return shutil.which("tesseract") is not None


def recognised_page(page: Any) -> RecognisedPage:
    """Recognise the pdfium page *page*.

    Raises:
        InputError: the program fails or takes too long.
    """
    width, height = page.get_size()
    scale = _DOTS_PER_INCH / 72
    scale = min(scale, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    rows = bytes(bitmap.buffer)
    # A plain grey map needs no image library: a header, then one byte a pixel.
    image = b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(
        rows[line * bitmap.stride : line * bitmap.stride + bitmap.width]
        for line in range(bitmap.height)
    )
    try:
        done = subprocess.run(
            ["tesseract", "stdin", "stdout", "--dpi", str(_DOTS_PER_INCH), "tsv"],
            input=image,
            capture_output=True,
            timeout=_SECONDS_A_PAGE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(
            "is a scanned image, and tesseract failed on it.",
            hint="Try `tesseract --version`, or give the text.",
        ) from error
    return words_of_table(done.stdout.decode("utf-8", "replace"))


def words_of_table(table: str) -> RecognisedPage:
    """Read tesseract's table: one row a word, with its block, paragraph, line and confidence."""
    lines: dict[tuple[str, ...], list[str]] = {}
    confidences: list[float] = []
    reader = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in reader:
        word = (row.get("text") or "").strip()
        confidence = float(row.get("conf") or -1)
        if not word or confidence < 0:
            continue
        place = tuple(row[key] for key in ("page_num", "block_num", "par_num", "line_num"))
        lines.setdefault(place, []).append(word)
        confidences.append(confidence)
    mean = sum(confidences) / len(confidences) / 100 if confidences else 0.0
    return RecognisedPage("\n".join(" ".join(words) for words in lines.values()), round(mean, 4))
