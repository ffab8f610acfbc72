"""Chromium, driven over its debugging pipe: a tab that can be measured, clicked and typed into."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--force-device-scale-factor=1", "--remote-debugging-pipe",
)  # fmt: skip
_SECONDS = 60


class PageError(Exception):
    """What was asked of a page cannot be answered, for instance while another takes its place."""


class Tab:
    """One tab; *told* are the errors that the browser found in its pages."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._unread = b""
        self._calls = 0
        self._session: str | None = None
        self.told: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            self._call(f"{domain}.enable")

    def _call(self, method: str, **params: Any) -> Any:
        self._calls += 1
        message: dict[str, Any] = {"id": self._calls, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        for reply in self._messages():
            if reply.get("id") == self._calls:
                if "error" in reply:
                    raise PageError(reply["error"])
                return reply["result"]
        raise AssertionError("the browser went away")

    def _messages(self) -> Iterator[dict[str, Any]]:
        while True:
            while b"\0" in self._unread:
                line, _, self._unread = self._unread.partition(b"\0")
                message = json.loads(line)
                if message.get("method") == "Log.entryAdded":
                    self.told.append(message["params"]["entry"]["text"])
                if message.get("method") == "Runtime.exceptionThrown":
                    self.told.append(str(message["params"]["exceptionDetails"]))
                yield message
            read = os.read(self._from, 65536)
            if not read:
                return
            self._unread += read

    def evaluate(self, script: str) -> Any:
        """Return what *script* comes to on the page."""
        found = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in found:
            raise PageError(found["exceptionDetails"])
        return found["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until *script* comes to something true, on this page or on the one that follows."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            with suppress(PageError):
                if self.evaluate(script):
                    return
            time.sleep(0.05)
        raise AssertionError(script)

    def resize(self, width: int, height: int = 900) -> None:
        """Let the page be shown *width* points wide, as on a phone or a desk."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip

    def disable_scripts(self) -> None:
        """Let no page run scripts of its own."""
        self._call("Emulation.setScriptExecutionDisabled", value=True)

    def open(self, address: str) -> None:
        """Open *address*."""
        self._call("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key, such as Tab."""
        for kind in ("keyDown", "keyUp"):
            self._call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text,
                windowsVirtualKeyCode=code,
            )  # fmt: skip

    def type(self, words: str) -> None:
        """Type *words* where the focus is."""
        self._call("Input.insertText", text=words)

    def click(self, selector: str) -> None:
        """Click in the middle of the first element that *selector* finds."""
        place = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center', behavior: 'instant'});"
            " const b = e.getBoundingClientRect();"
            " return [b.left + b.width / 2, b.top + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._call(
                "Input.dispatchMouseEvent",
                type=kind, x=place[0], y=place[1], button="left", clickCount=1,
            )  # fmt: skip

    def picture(self, path: Path) -> None:
        """Keep a picture of the whole page at *path*."""
        import base64

        shot = self._call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def tab(profile: Path) -> Iterator[Tab]:
    """Yield a tab of a browser of its own, whose *profile* is this folder."""
    read_by_browser, to_browser = os.pipe()
    from_browser, written_by_browser = os.pipe()

    def join_ends() -> None:
        # Chromium reads at 3 and writes at 4; neither end may be closed by the other's coming.
        ends = os.dup(read_by_browser), os.dup(written_by_browser)
        os.dup2(ends[0], 3)
        os.dup2(ends[1], 4)

    browser = subprocess.Popen(
        [str(CHROMIUM), *_FLAGS, f"--user-data-dir={profile}"],
        preexec_fn=join_ends,
        pass_fds=(3, 4),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(read_by_browser)
    os.close(written_by_browser)
    try:
        yield Tab(to_browser, from_browser)
    finally:
        browser.kill()
        browser.wait()
        os.close(to_browser)
        os.close(from_browser)
