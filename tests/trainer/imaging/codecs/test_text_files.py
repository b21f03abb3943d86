"""Text under the name of an image is called what it is."""

from __future__ import annotations

import gzip

import pytest

from trainer.errors import ImageError
from trainer.imaging import decode_image

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2\nsize 12345\n"
PAGE = "<!DOCTYPE html>\n<html lang=de><title>Anmeldung nötig</title></html>"
XHTML = '<?xml version="1.0"?>\n<!-- a\ncomment -->\n<html xmlns="x"></html>'


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (POINTER.encode(), "pointer of Git LFS", "git lfs pull"),
        (POINTER.replace("\n", "\r\n").encode("utf-8-sig"), "pointer of Git LFS", "git lfs pull"),
        (POINTER.replace("git-lfs", "hawser").encode(), "pointer of Git LFS", "git lfs pull"),
        (b"/annex/objects/SHA256E-s3--1f.jpg\n", "pointer of git-annex", "git annex get"),
        (b"../.git/annex/objects/x/y/MD5E-s3--1.tif", "pointer of git-annex", "git annex get"),
        (PAGE.encode(), "web page", "Download the image again"),
        (b"\n\n  " + PAGE.upper().encode(), "web page", "Download"),
        (PAGE.encode("latin-1"), "web page", "Download"),
        (PAGE.encode("utf-16"), "web page", "Download"),
        # Without the time: the same name in each process.
        (gzip.compress(PAGE.encode(), mtime=0), "web page", "Download"),
        (XHTML.encode(), "web page", "Download"),
        (b"<html>" + b"x" * 9000, "web page", "Download"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG drawing", "save it again"),
        (b"[InternetShortcut]\r\nURL=http://x\r\n", "shortcut", "Copy the image itself"),
        (b'{"message": "Not Found"}', "holds text", "editor"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "holds text", "editor"),
    ],
)
@pytest.mark.parametrize("name", ["x.jpg", "x.tif"])
def test_text_is_named(data: bytes, message: str, hint: str, name: str) -> None:
    with pytest.raises(ImageError) as caught:
        decode_image(data, name)
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "data", [b"\x01\x02\x03abc", b"\x80" * 50, b"abc\0def", b"\x1f\x8b\x08junk"]
)
def test_other_bytes_are_no_text(data: bytes) -> None:
    with pytest.raises(ImageError, match="not an image that can be read"):
        decode_image(data, "x.jpg")
