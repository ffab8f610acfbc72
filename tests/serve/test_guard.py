"""Only this machine's own page is answered, within bounds, and no answer is kept anywhere."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from tests.serve.browser import Answer, multipart, preview, request, submit
from tests.serve.conftest import Served

on_linux = pytest.mark.skipif(
    not Path("/proc/self/limits").exists(), reason="the system does not tell of its processes"
)
SECRET = "Zebulon Quartermain has a red flag"


def posted(port: int, headers: dict[str, str], *, token: str | None = None) -> Answer:
    """Send a record with just these *headers* beside the form's own."""
    own = request(port).page.fields["token"]
    fields = {"titles": "lumbar MRI", "text": SECRET, "token": own if token is None else token}
    body, kind = multipart(fields)
    return request(port, "POST", headers={**kind, **headers}, body=body)


def origin(port: int, host: str = "127.0.0.1") -> dict[str, str]:
    return {"Origin": f"http://{host}:{port}", "Host": f"{host}:{port}"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_a_page_of_this_machine_is_answered(port: int, host: str) -> None:
    """By any of its names, as long as page and request say the same one."""
    answer = posted(port, origin(port, host))
    assert answer.status == 200
    assert "Zebulon" in answer.text


@pytest.mark.parametrize(
    "host",
    [
        "imr.example.org",
        "127.0.0.1.example.org",
        "localhost.example.org:80",
        "127.0.0.1:80@example.org",
        "0.0.0.0",
        "192.168.1.2",
        "",
        "127.0.0.1, example.org",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_that_was_bent_to_this_machine_gets_nothing(
    port: int, host: str, method: str
) -> None:
    """DNS may point any name here: with another Host there is neither form nor answer."""
    headers = {"Host": host, "Origin": f"http://{host}"}
    answer = posted(port, headers) if method == "POST" else request(port, headers=headers)
    assert answer.status == 403
    assert "Zebulon" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://example.org"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "none"},
    ],
)
def test_another_page_cannot_send_anything(port: int, headers: dict[str, str]) -> None:
    """A form that stands elsewhere is told apart by where it says it comes from."""
    answer = posted(port, {name: value.format(port=port) for name, value in headers.items()})
    assert answer.status == 403
    assert "Zebulon" not in answer.text


@pytest.mark.parametrize("token", ["", "guessed", "ünïcode"])
def test_a_form_without_the_token_of_this_start_is_refused(port: int, token: str) -> None:
    """Whoever has not read the page cannot fill in its form."""
    answer = posted(port, origin(port), token=token)
    assert answer.status == 403
    assert "Likely outcome" not in answer.text
    assert answer.page.fields["text"] == SECRET
    assert submit(port, answer.page).status == 200


def test_no_message_gives_the_token_to_who_must_not_have_it(port: int) -> None:
    """A page under a foreign name holds no token with which to go on."""
    token = request(port).page.fields["token"]
    assert token not in request(port, headers={"Host": "example.org"}).text
    assert token not in posted(port, {"Origin": "http://example.org"}).text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT"])
def test_other_methods_are_refused(port: int, method: str) -> None:
    """There is nothing to change here."""
    answer = request(port, method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/etc/passwd", "/../rules", "/%2e%2e/", "//example.org", "/x?y"])
def test_there_is_one_page(port: int, path: str) -> None:
    """No path leads to a file."""
    assert request(port, path=path).status == 404


def test_every_answer_forbids_to_keep_frame_or_share_it(port: int) -> None:
    """Pages, refusals and documents alike."""
    page = preview(port, {"titles": "lumbar MRI"}).page
    answers = [
        request(port),
        request(port, path="/x"),
        request(port, headers={"Host": "example.org"}),
        posted(port, {}),
        submit(port, page, {"checklist": "1.md.en"}),
        submit(port, page, {"checklist": "9.md.en"}),
        submit(port, page, {"checklist": "1.md.xx"}),
    ]
    assert [answer.status for answer in answers] == [200, 404, 403, 403, 200, 400, 400]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Server" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def raw(port: int, sent: bytes) -> bytes:
    """Return the first line that is answered to the bytes *sent*."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        return connection.makefile("rb").readline()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000001\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 6\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "y" * 40_000 + "\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: example.org\r\n\r\n", 403),
        ("GET / HTTP/1.1\r\n\r\n", 403),
        ("no request at all\r\n\r\n", 400),
    ],
)
def test_what_is_too_large_or_malformed_is_refused(port: int, head: str, status: int) -> None:
    """Before any of it is read on."""
    assert raw(port, head.encode()).split()[1] == str(status).encode()


def test_a_file_that_is_too_large_is_refused_in_a_page(port: int) -> None:
    """It says how much is read, and does not go on to read it."""
    body, kind = multipart({"token": "any"}, ("chart.pdf", bytes(20_000_001)))
    answer = request(port, "POST", headers={**kind, **origin(port)}, body=body)
    assert answer.status == 413
    assert "more than 20 MB" in answer.page.words


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n' + b"\xff" * 99,
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 21_000,
        b"--x\r\n" + b"Header: y\r\n" * 9_000,
    ],
)
def test_a_broken_form_is_refused(port: int, body: bytes) -> None:
    """Whatever is in it, the answer is a refusal, and the next request is answered."""
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = request(port, "POST", headers={**kind, **origin(port)}, body=body)
    assert answer.status in (400, 403, 413)
    assert request(port).status == 200


@on_linux
def test_only_this_machine_can_connect(port: int) -> None:
    """The server listens on the loopback address, not on those that others reach."""
    own = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in sorted(map(str, own - {"127.0.0.1"})):
        with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
            socket.create_connection((address, port), timeout=2).close()
    listening = Path("/proc/net/tcp").read_text().splitlines()
    at = [line.split()[1] for line in listening if f":{port:04X} " in line and " 0A " in line]
    assert at == [f"0100007F:{port:04X}"]


@on_linux
def test_nothing_of_a_record_reaches_the_disk(served: Served) -> None:
    """Not even for a while: no file in the temporary folder, and none open that has no name."""
    large = ("A line of the chart.\n" * 200_000 + SECRET).encode()
    body, kind = multipart(
        {"titles": "lumbar MRI", "token": request(served.port).page.fields["token"]},
        ("chart.txt", large),
    )
    assert len(body) > 4_000_000
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as connection:
        head = {**kind, **origin(served.port), "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        connection.sendall(f"POST / HTTP/1.1\r\n{lines}\r\n".encode() + body[:-10])
        assert not list(served.folder.rglob("*"))
        assert files_open(served) == []
        connection.sendall(body[-10:])
        assert connection.makefile("rb").readline().split()[1] == b"422"
    assert preview(served.port, {"titles": "lumbar MRI", "text": SECRET}).status == 200
    assert not list(served.folder.rglob("*"))
    assert files_open(served) == []


def files_open(served: Served) -> list[str]:
    """Return the files that the server and its reader have open to write."""
    found: list[str] = []
    for process in (served.process.pid, *children_of(served.process.pid)):
        for entry in Path(f"/proc/{process}/fd").iterdir():
            target = entry.readlink()
            flags = Path(f"/proc/{process}/fdinfo/{entry.name}").read_text()
            is_written = int(flags.split("flags:")[1].split()[0], 8) & 0o3
            # Anonymous pipes and sockets have no path.
            if is_written and str(target).startswith("/") and str(target) != "/dev/null":
                found.append(str(target))
    return found


def children_of(process: int) -> list[int]:
    """Return the processes that *process* started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in children]


@on_linux
def test_the_reader_is_unable_to_write_a_file(served: Served) -> None:
    """The system itself holds it to files of no bytes, and to no memory dump."""
    readers = 0
    for child in children_of(served.process.pid):
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"resource_tracker" in command:
            continue
        limits = Path(f"/proc/{child}/limits").read_text()
        for name in ("Max file size", "Max core file size"):
            (line,) = [line for line in limits.splitlines() if line.startswith(name)]
            assert line.removeprefix(name).split()[:2] == ["0", "0"]
        readers += 1
    assert readers == 1
