"""The page of files, as a browser gets it."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import numpy as np
import pytest
from PIL import Image

from cellkeep.client import Client
from cellkeep.services import accounts, measurement_files
from conftest import Server

HOSTILE = "<img src=x onerror=alert(1)>.html"
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF"

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


@pytest.fixture
def browser(server: Server) -> Iterator[httpx2.Client]:
    user_id = accounts.ensure_first_admin(server.store).user_id
    with httpx2.Client(base_url=server.url, headers={"Accept": "text/html"}, follow_redirects=True) as browser:
        browser.get("/ui/login", params={"token": accounts.create_login_token(server.store, user_id)})
        yield browser


@pytest.fixture
def sent(tmp_path: Path) -> dict[str, bytes]:
    """One file of each kind."""
    deep = [Image.fromarray(np.full((40, 60), shade, np.uint16)) for shade in (1000, 60_000)]
    deep[0].save(tmp_path / "scan 1.tiff", save_all=True, append_images=deep[1:])
    np.save(tmp_path / "stack.npy", np.arange(24.0).reshape(2, 3, 4))
    (tmp_path / "report.pdf").write_bytes(PDF)
    (tmp_path / "table.csv").write_text("t [s];U [V]\n0;3,5\n1;<b>3,6</b>\n", encoding="latin-1")
    (tmp_path / HOSTILE).write_text("<script>alert(2)</script>", encoding="utf-8")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nand nothing more")
    (tmp_path / "data.bin").write_bytes(bytes(range(256)) * 40_000)
    return {path.name: path.read_bytes() for path in sorted(tmp_path.iterdir()) if path.is_file()}


@pytest.fixture
def made(client: Client, sent: dict[str, bytes], tmp_path: Path) -> str:
    """The id of a measurement with all of them."""
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    return client.cell_measurement.create_file(cell.id, "Post/mortem", [tmp_path / name for name in sent]).id


def test_each_file_is_seen_as_far_as_is_safe(made: str, browser: httpx2.Client, sent: dict[str, bytes]) -> None:
    """One by one in the viewer: pictures and arrays as pictures, texts as text, documents apart, the rest as facts."""
    place = f"/ui/measurements/{made}"
    gallery = browser.get(place).text
    assert [gallery.count(f'title="{name}"') for name in sent if name != HOSTILE] == [1] * 6
    assert re.findall('<img loading="lazy"[^>]* src="([^"]+)"', gallery) == [
        f"{place}/files/scan%201.tiff/picture?size=thumb"
    ]
    shown = {name: browser.get(place, params={"file": name, "page": "2"}).text for name in sent}
    for page in (gallery, *shown.values()):
        assert "<img src=x" not in page
        assert "<script>alert" not in page
    assert "2 of 2" in shown["scan 1.tiff"]
    assert "Its shades are stretched" in shown["scan 1.tiff"]
    assert "2 \u00d7 3 \u00d7 4 <code>float64</code>, from 0 to 23" in shown["stack.npy"]
    assert f'<iframe class="document" src="{place}/files/report.pdf/open"' in shown["report.pdf"]
    assert f'href="{place}/files/report.pdf/open" target="_blank" rel="noopener"' in shown["report.pdf"]
    assert "<td>&lt;b&gt;3,6&lt;/b&gt;</td>" in shown["table.csv"]
    assert "&lt;script&gt;alert(2)&lt;/script&gt;</pre>" in shown[HOSTILE]
    assert "can not be shown as a picture" in shown["broken.png"]
    assert "There is no preview of files like this." in shown["data.bin"]
    assert browser.get(place, params={"file": "none"}).status_code == 404


def test_what_was_sent_never_runs_here(made: str, browser: httpx2.Client, server: Server) -> None:
    """Pictures are painted anew, only a PDF is opened, both in a sandbox; and nothing is shown to a stranger."""
    place = f"/ui/measurements/{made}/files"
    picture = browser.get(f"{place}/scan%201.tiff/picture", params={"size": "thumb", "page": 2})
    plane = browser.get(f"{place}/stack.npy/array", params={"page": 2})
    assert Image.open(io.BytesIO(picture.content)).size == (60, 40)
    assert Image.open(io.BytesIO(plane.content)).format == "WEBP"
    document = browser.get(f"{place}/report.pdf/open")
    assert (document.content, document.headers["content-type"]) == (PDF, "application/pdf")
    assert document.headers["content-disposition"] == "inline; filename=\"report.pdf\"; filename*=UTF-8''report.pdf"
    for answer in (picture, plane, document):
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "immutable" in answer.headers["cache-control"]
    refused = {
        f"{place}/{quote(HOSTILE)}/open": 400,
        f"{place}/{quote(HOSTILE)}/picture": 422,
        f"{place}/broken.png/picture": 422,
        f"{place}/none/picture": 404,
        f"{place}/scan%201.tiff/array": 422,
    }
    assert {path: browser.get(path).status_code for path in refused} == refused
    for path in (f"{place}/scan%201.tiff/picture", f"{place}/report.pdf/open", f"{place}.zip"):
        assert httpx2.get(f"{server.url}{path}").status_code == 401


def test_files_are_downloaded_one_by_one_or_as_an_archive(
    made: str, browser: httpx2.Client, server: Server, sent: dict[str, bytes]
) -> None:
    """Byte for byte, in the order in which they were sent; and the archive is made in pieces, none of them large."""
    place = f"/ui/measurements/{made}/files"
    assert browser.get(f"{place}/{quote(HOSTILE)}").content == sent[HOSTILE]
    answer = browser.get(f"{place}.zip")
    named = "attachment; filename=\"C_Post_mortem.zip\"; filename*=UTF-8''C_Post_mortem.zip"
    assert answer.headers["content-disposition"] == named
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == sent
    with server.store.reading() as work:
        files = measurement_files.listed(work, made)
        moment = work.measurements.get(made).created_at
    pieces = [len(piece) for piece in measurement_files.zipped(server.store, files, moment)]
    assert sum(pieces) == len(answer.content)
    assert max(pieces) < sum(pieces) / 2
    links = re.findall(r'class="down" href="([^"]+)"', browser.get(f"/ui/measurements/{made}").text)
    assert [browser.get(link).content for link in links] == list(sent.values())
