"""Every fault made for real: cut, damaged, lying and hostile files end as `ImageError` in words."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import (
    build_chunk,
    build_png,
    encode_pages,
    encode_picture,
    encode_tiff,
    picture,
)
from trainer.errors import ImageError
from trainer.imaging import decode_image, read_header, read_image

PICTURE = picture()
NOISE = np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8)
WHOLE = {
    "jpeg": encode_picture(NOISE, "JPEG"),
    "progressive jpeg": encode_picture(NOISE, "JPEG", progressive=True),
    "jpeg with restarts": encode_picture(NOISE, "JPEG", restart_marker_blocks=2),
    "cmyk jpeg": encode_picture(Pillow.fromarray(NOISE).convert("CMYK"), "JPEG"),
    "png": encode_picture(NOISE, "PNG"),
    "bmp": encode_picture(NOISE, "BMP"),
    "webp": encode_picture(NOISE, "WebP"),
    "lossless webp": encode_picture(NOISE, "WebP", lossless=True),
    "tiff": encode_tiff(NOISE, photometric="rgb"),
    "lzw tiff": encode_picture(NOISE, "TIFF", compression="tiff_lzw"),
    "deflate tiff": encode_tiff(NOISE, photometric="rgb", compression="deflate", rowsperstrip=10),
    "jpeg tiff": encode_tiff(NOISE, photometric="rgb", compression="jpeg", tile=(32, 32)),
    "stack": encode_tiff(np.stack([NOISE] * 3), photometric="rgb", compression="lzw"),
}


def refusal(data: bytes, **options) -> str:
    with pytest.raises(ImageError) as caught:
        decode_image(data, "x", **options)
    assert len(caught.value.message) > 10
    return str(caught.value)


def test_the_whole_files_are_readable() -> None:
    for data in WHOLE.values():
        assert (decode_image(data, "x").width, decode_image(data, "x").height) == (128, 96)


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_anywhere_is_refused(name: str) -> None:
    whole = WHOLE[name]
    for share in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        refusal(whole[: int(len(whole) * share)])
    for missing in (1, 2, 3, 10, 100):
        refusal(whole[:-missing])


@pytest.mark.parametrize("name", ["jpeg", "progressive jpeg", "cmyk jpeg"])
def test_a_cut_jpeg_says_so_at_every_size(name: str) -> None:
    whole = WHOLE[name]
    for scale in (1.0, 0.5, 0.25, 0.125):
        assert "cut off" in refusal(whole[: len(whole) // 2], min_scale=scale)
        assert "cut off" in refusal(whole[:-2], min_scale=scale)


def test_a_jpeg_with_its_middle_missing_is_refused() -> None:
    whole = WHOLE["jpeg"]
    for scale in (1.0, 0.25):
        assert "damaged" in refusal(whole[:3000] + whole[-1500:], min_scale=scale)


def test_a_jpeg_with_markers_among_its_pixels_is_refused() -> None:
    for name in ("jpeg", "progressive jpeg"):
        data = bytearray(WHOLE[name])
        data[6000:6002] = b"\xff\x37"
        refusal(bytes(data))
    data = bytearray(WHOLE["jpeg"])
    data[6000:6002] = b"\xff\xd0"
    assert "interrupted" in refusal(bytes(data))


def test_a_jpeg_with_lost_restart_intervals_is_refused() -> None:
    whole = WHOLE["jpeg with restarts"]
    second = whole.index(b"\xff\xd2")
    tenth = whole.index(b"\xff\xd2", whole.index(b"\xff\xd7"))
    assert "missing" in refusal(whole[:second] + whole[tenth:])
    third = whole.index(b"\xff\xd3")
    assert "interrupted" in refusal(whole[:second] + whole[third:])


def test_a_jpeg_that_goes_on_in_zeros_is_refused() -> None:
    whole = WHOLE["jpeg"]
    assert "cut off" in refusal(whole[:5000] + bytes(len(whole) - 5000))


@pytest.mark.parametrize("place", ["head", "pixels"])
def test_a_png_with_a_wrong_checksum_is_refused(place: str) -> None:
    data = bytearray(WHOLE["png"])
    data[20 if place == "head" else 5000] ^= 1
    assert "checksum" in refusal(bytes(data))


def test_a_png_with_too_few_rows_is_refused() -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in PICTURE)
    assert np.array_equal(decode_image(build_png(64, 48, 8, 2, rows), "x.png").pixels, PICTURE)
    refusal(build_png(64, 48, 8, 2, rows[: len(rows) // 2]))
    refusal(build_png(64, 48, 8, 2, b""))


def test_a_png_without_pixels_is_refused() -> None:
    head = build_chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0))
    assert "no picture" in refusal(b"\x89PNG\r\n\x1a\n" + head + build_chunk(b"IEND", b""))


def test_an_inflating_profile_stays_bounded() -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in PICTURE)
    profile = build_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(40 * 2**20)))
    image = decode_image(build_png(64, 48, 8, 2, rows, profile), "x.png")
    assert "colour profile unusable, ignored" in image.notes


def run_length_bmp(runs: bytes) -> bytes:
    palette = b"".join(bytes([i, 255 - i, i, 0]) for i in range(256))
    info = struct.pack("<IiiHHIIiiII", 40, 8, 4, 1, 8, 1, len(runs), 0, 0, 256, 256)
    return struct.pack("<2sIII", b"BM", 1078 + len(runs), 0, 1078) + info + palette + runs


def test_a_run_length_bmp_is_read_whole_or_not_at_all() -> None:
    whole = b"".join(bytes([8, 50 + row, 0, 0]) for row in range(4)) + b"\0\1"
    image = decode_image(run_length_bmp(whole), "x.bmp")
    assert image.pixels[:, 0].tolist() == [[50 + r, 205 - r, 50 + r] for r in (3, 2, 1, 0)]
    for length in range(0, 14):
        refusal(run_length_bmp(whole[:length]))


def test_a_jpeg_with_a_lost_sector_is_refused() -> None:
    whole = encode_picture(picture(400, 500), "JPEG", quality=95)
    for start in range(2000, len(whole) - 1000, 700):
        data = whole[:start] + bytes(512) + whole[start + 512 :]
        for scale in (1.0, 0.25):
            assert "damaged" in refusal(data, min_scale=scale)


def jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(WHOLE["jpeg"])
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def bmp_of(width: int, height: int) -> bytes:
    data = bytearray(WHOLE["bmp"])
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def webp_of(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<II", 10, 0) + size + WHOLE["webp"][12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff_of(width: int, height: int) -> bytes:
    data = bytearray(WHOLE["lzw tiff"])
    (at,) = struct.unpack_from("<I", data, 4)
    for entry in range(at + 2, at + 26, 12):
        (tag,) = struct.unpack_from("<H", data, entry)
        if tag in (256, 257):
            struct.pack_into("<HHI", data, entry, tag, 4, 1)
            struct.pack_into("<I", data, entry + 8, width if tag == 256 else height)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        jpeg_of(30000, 30000),
        build_png(30000, 30000, 8, 2, b""),
        bmp_of(30000, 30000),
        bmp_of(30000, -30000),
        webp_of(30000, 30000),
        tiff_of(30000, 30000),
    ],
    ids=["jpeg", "png", "bmp", "bmp upside down", "webp", "tiff"],
)
def test_bombs_are_refused_from_their_header(data: bytes) -> None:
    for scale in (1.0, 0.125):
        words = refusal(data, min_scale=scale)
        assert "30,000 x 30,000 pixels (900 megapixels)" in words
        assert "the limit is 400 megapixels" in words


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WebP", "TIFF"])
def test_the_limit_is_a_setting(kind: str) -> None:
    data = encode_picture(picture(200, 300), kind)
    assert decode_image(data, "x", limit_megapixels=0.06).width == 300
    assert "the limit is 0.05 megapixels" in refusal(data, limit_megapixels=0.05)


def test_the_limit_counts_all_planes() -> None:
    data = encode_tiff(np.zeros((5, 100, 100, 3), np.uint8), photometric="rgb")
    assert len(decode_image(data, "x", limit_megapixels=0.05).planes) == 5
    words = refusal(data, limit_megapixels=0.04)
    assert "5 planes of 100 x 100 pixels" in words


@pytest.mark.parametrize("name", ["bmp", "webp", "cmyk jpeg", "png", "tiff"])
def test_the_limit_of_pillow_is_not_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for least in (100, 10000):  # so that it would raise, and would warn
        monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", least)
        assert decode_image(WHOLE[name], "x").width == 128


def test_planes_of_unequal_size_are_named() -> None:
    rgb = {"photometric": "rgb"}
    data = encode_pages((PICTURE, rgb), (PICTURE, rgb), (picture(20, 30), rgb))
    image = decode_image(data, "x.tif")
    assert len(image.planes) == 2
    assert "page 3 left out: 30 x 20 pixels, not 64 x 48" in image.notes


def test_a_damaged_plane_is_named() -> None:
    rgb = {"photometric": "rgb", "compression": "deflate"}
    data = bytearray(encode_pages(*[(picture(seed=i), rgb) for i in range(4)]))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        start = file.pages[2].dataoffsets[0]
    data[start + 40 : start + 60] = bytes(20)
    assert refusal(bytes(data)).startswith("Plane 3: ")


def test_planes_of_unequal_depth_are_named() -> None:
    deep = PICTURE.astype(np.uint16)
    rgb = {"photometric": "rgb"}
    assert "Plane 2 has 16 bits" in refusal(encode_pages((PICTURE, rgb), (deep, rgb)))


def test_too_many_planes_are_refused() -> None:
    data = encode_pages(*[(PICTURE[:1, :1, 0], {"photometric": "minisblack"})] * 1100)
    assert "at most 1,000" in refusal(data)


def test_a_circle_of_pages_is_refused() -> None:
    data = bytearray(encode_pages((PICTURE, {"photometric": "rgb"})))
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<I", data, at + 2 + 12 * count, at)
    assert "circle" in refusal(bytes(data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encode_tiff(PICTURE.astype(np.float32), photometric="rgb"), "floating point"),
        (encode_tiff(PICTURE.astype(np.int16), photometric="rgb"), "signed"),
        (encode_tiff(PICTURE.astype(np.uint32), photometric="rgb"), "over 16 bits"),
        (
            encode_tiff(np.zeros((2, 48, 64), np.uint8), imagej=True, metadata={"axes": "CYX"}),
            "2 channels",
        ),
        (
            encode_tiff(np.zeros((2, 3, 48, 64), np.uint8), imagej=True, metadata={"axes": "TZYX"}),
            "time series",
        ),
        (encode_tiff(PICTURE, photometric="rgb", compression="jpeg2000"), "compressed by JPEG2000"),
        (encode_tiff(PICTURE, photometric="cielab"), "stores its colours as CIELAB"),
        (encode_tiff(np.zeros((48, 64, 9), np.uint8), photometric="rgb"), "9 channels"),
    ],
)
def test_kinds_of_tiff_that_are_not_read_say_why(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_a_tiff_with_a_missing_strip_is_refused() -> None:
    data = bytearray(encode_tiff(NOISE, photometric="rgb", rowsperstrip=32, metadata=None))
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, _, number, where = struct.unpack_from("<HHII", data, entry)
        if tag == 273:
            assert number == 3
            struct.pack_into("<I", data, where + 4, 0)
    assert "missing" in refusal(bytes(data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (bytes(5000), "nothing but zeros"),
        (b"hello", "not an image"),
        (encode_picture(PICTURE, "GIF"), "a GIF"),
        (b"\0\0\0\x18ftypheic" + bytes(99), "HEIC"),
        (b"PK\x03\x04" + bytes(99), "ZIP"),
        (b"%PDF-1.4", "PDF"),
        (b"\xff\xd8", "cut off"),
        (b"\xff\xd8\xff\xd9", "no picture"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
        (b"II*\0\x08\0\0\0", "damaged"),
        (b"BM", "not an image"),
        (b"RIFF\x04\0\0\0WEBP", "cut off"),
    ],
)
def test_what_is_no_picture_says_what_it_is(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_kinds_of_jpeg_that_are_not_read_say_why() -> None:
    data = bytearray(WHOLE["jpeg"])
    frame = data.index(b"\xff\xc0")
    data[frame + 1] = 0xC3
    assert "lossless" in refusal(bytes(data))
    data[frame + 1], data[frame + 4] = 0xC1, 12
    assert "12 bits" in refusal(bytes(data))


def test_paths_that_are_no_readable_file(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="does not exist"):
        read_image(tmp_path / "gone.jpg")
    with pytest.raises(ImageError, match="does not exist"):
        read_header(tmp_path / "gone" / "gone.jpg")
    with pytest.raises(ImageError, match="is a folder"):
        read_image(tmp_path)
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(ImageError, match="empty"):
        read_image(tmp_path / "empty.jpg")
    with pytest.raises(ImageError):
        read_image(tmp_path / "a\0b.jpg")
    with pytest.raises(ImageError):
        read_image(tmp_path / ("x" * 5000))


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes among files there")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageError, match="pipe"):
        read_image(tmp_path / "pipe.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "a.jpg")
    with pytest.raises(ImageError, match="circle"):
        read_image(tmp_path / "a.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions work otherwise there")
def test_permission_denied_is_said(tmp_path: Path) -> None:
    path = tmp_path / "shut.jpg"
    path.write_bytes(WHOLE["jpeg"])
    path.chmod(0)
    if os.geteuid() != 0:
        with pytest.raises(ImageError, match="Permission"):
            read_image(path)
        return
    # The superuser may read everything: become nobody in a child process.
    code = (
        "import os, sys; from pathlib import Path; from trainer.imaging import read_image\n"
        "from trainer.errors import ImageError\n"
        "os.chdir(sys.argv[1]); os.setgid(65534); os.setuid(65534)\n"
        "try: read_image(Path('shut.jpg'))\n"
        "except ImageError as error: sys.exit(7 if 'Permission' in error.message else 1)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert ended.returncode == 7


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.tif"
    with path.open("wb") as file:
        file.write(b"II*\0")
        file.truncate(10**10)  # sparse: takes no room on disk
    with pytest.raises(ImageError, match=r"10\.0 GB"):
        read_image(path)
