"""What a browser does with a page, without one: its fields sent back, over a real connection."""

from __future__ import annotations

import http.client
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

File = tuple[str, bytes]


@dataclass
class Answer:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def page(self) -> Page:
        """The body as a page."""
        page = Page()
        page.feed(self.text)
        return page


@dataclass
class Page(HTMLParser):
    """A page: the fields of its form as they would be sent, its words, and its marked words."""

    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    words: str = ""
    marked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._area = ""
        self._select = ""
        self._marks = 0
        self._is_seen = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a field, a mark, a link or a button."""
        told = {name: value or "" for name, value in attrs}
        name, value = told.get("name", ""), told.get("value", "")
        self._is_seen = tag not in ("style", "script")
        if "id" in told:
            self.ids.append(told["id"])
        if name and tag in ("input", "select", "textarea"):
            self.names.add(name)
        if tag == "textarea":
            self._area = name
            self.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in told:
            self.fields[self._select] = value
        elif tag == "button":
            self.buttons.append((name, value))
        elif tag == "mark":
            self._marks += 1
            self.marked.append("")
        elif tag == "a":
            self.links.append(told.get("href", ""))
        elif tag == "input" and name:
            is_choice = told.get("type") in ("radio", "checkbox")
            if told.get("type") != "file" and (not is_choice or "checked" in told):
                self.fields[name] = value or self.fields.get(name, "")

    def handle_endtag(self, tag: str) -> None:
        """End a text field or a mark."""
        if tag == "textarea":
            # A line end right after the tag is no part of the contents.
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""
        self._is_seen = True
        if tag == "mark":
            self._marks -= 1

    def handle_data(self, data: str) -> None:
        """Take note of words, and of what stands in a text field."""
        if self._area:
            self.fields[self._area] += data
            return
        if self._is_seen:
            self.words += data
        if self._marks:
            self.marked[-1] += data


def request(
    port: int,
    method: str = "GET",
    path: str = "/",
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | Iterable[bytes] | None = None,
) -> Answer:
    """Send one request as it stands; *headers* may name another host than the server's."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        reply = connection.getresponse()
        return Answer(reply.status, dict(reply.getheaders()), reply.read())
    finally:
        connection.close()


def multipart(fields: Mapping[str, str], file: File | None = None) -> tuple[bytes, dict[str, str]]:
    """Return the body of a form, lines ended as browsers end them, and its content type."""
    boundary = uuid.uuid4().hex
    parts: list[bytes] = []
    for name, value in fields.items():
        lined = value.replace("\r\n", "\n").replace("\n", "\r\n")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.append(f"{head}{lined}\r\n".encode())
    name, contents = file or ("", b"")
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode())
    parts += (contents, f"\r\n--{boundary}--\r\n".encode())
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def submit(
    port: int, page: Page, changes: Mapping[str, str] | None = None, file: File | None = None
) -> Answer:
    """Send the form of *page* with *changes* typed into it, as a button of the page does."""
    body, headers = multipart({**page.fields, **(changes or {})}, file)
    own = {"Origin": f"http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"}
    return request(port, "POST", headers={**headers, **own}, body=body)


def preview(port: int, fields: Mapping[str, str], file: File | None = None) -> Answer:
    """Open the page, type *fields*, and press the button."""
    return submit(port, request(port).page, fields, file)
