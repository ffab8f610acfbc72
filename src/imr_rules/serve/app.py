"""The web application: who may ask, how much, and what no answer goes without."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from imr_rules.serve.asked import Record
from imr_rules.serve.model import MOST_BYTES, Reply, Sent
from imr_rules.serve.page import message_page, policy, start_page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_METHODS = ("GET", "HEAD", "POST")
_MOST_FIELDS = 20_000
"""A hundred items have some fifty questions each."""
_LOOPBACK = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?\Z", re.IGNORECASE)
"""Another name in the Host header is that of a site from elsewhere, bent to this machine."""
_ELSEWHERE = "This came from another page: begin again here."
_EARLIER = "The server was started anew since this page was opened. Press the button again."
_HEADERS = {
    "Cache-Control": "no-store",
    # With no-referrer a browser would hide from us that a form is our own (Origin: null).
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class _Request(Request):
    """A request whose files stay in memory: werkzeug would write larger ones to disk."""

    max_content_length = MOST_BYTES
    max_form_memory_size = MOST_BYTES
    max_form_parts = _MOST_FIELDS

    def _get_file_stream(self, *_args: Any, **_others: Any) -> IO[bytes]:
        return BytesIO()


def make_app(ask: Callable[[Sent], Reply]) -> WSGIApplication:
    """Return the application whose questions *ask* answers."""
    token = secrets.token_urlsafe(32)
    headers = {**_HEADERS, "Content-Security-Policy": policy()}

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = _Request(environ)
        try:
            reply = _reply(request, token, ask)
        except RequestEntityTooLarge:
            most = f"{MOST_BYTES // 1_000_000} MB"
            reply = message_page(413, f"That is more than {most}: give a smaller file.")
        except HTTPException as error:
            reply = message_page(error.code or 400, "That cannot be answered.")
        response = Response(reply.body, reply.status, headers, content_type=reply.media_type)
        if reply.file_name:
            response.headers.set("Content-Disposition", "attachment", filename=reply.file_name)
        if request.method not in _METHODS:
            response.headers["Allow"] = ", ".join(_METHODS)
        return response(environ, start_response)

    return app


def _reply(request: _Request, token: str, ask: Callable[[Sent], Reply]) -> Reply:
    why = _foreign(request)
    if why:
        return message_page(403, why)
    if request.path != "/":
        return message_page(404, "There is no such page.")
    if request.method not in _METHODS:
        return message_page(405, "That cannot be done here.")
    if request.method != "POST":
        return start_page(Sent(token), Record())
    # Of a field with two controls, a number or "not documented", the last that says something.
    fields = {
        name: next(filter(str.strip, reversed(said)), "") for name, said in request.form.lists()
    }
    if not secrets.compare_digest(fields.pop("token", "").encode(), token.encode()):
        # Its sender passed for this very server: what is typed need not be lost.
        return start_page(
            Sent(token, fields), Record(fields.get("text", "")), problem=_EARLIER, status=403
        )
    upload: Any = request.files.get("file")
    if upload is None or not upload.filename:
        return ask(Sent(token, fields))
    return ask(Sent(token, fields, upload.filename, upload.read()))


def _foreign(request: _Request) -> str:
    """Return why *request* does not come from a page of this server, "" where it does."""
    host = request.environ.get("HTTP_HOST", "")
    if _LOOPBACK.match(host) is None:
        return "This is only for this machine: open http://localhost instead of another name."
    if request.method != "POST":
        return ""
    is_own = request.headers.get("Origin", "").lower() == f"http://{host}".lower()
    is_told_own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    return "" if is_own and is_told_own else _ELSEWHERE
