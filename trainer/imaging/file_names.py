"""What the name of a file or a folder says of it: the one list of suffixes of the program."""

from __future__ import annotations

import os
import re
from enum import StrEnum

SUFFIXES_BY_FORMAT = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi"),
    "PNG": (".png", ".apng"),
    "TIFF": (".tif", ".tiff", ".btf", ".tf2", ".tf8", ".stk", ".lsm", ".svs"),
    "BMP": (".bmp", ".dib"),
    "WebP": (".webp",),
}
"""Suffixes of the files that are read, by the format that they stand for."""

IMAGE_SUFFIXES = frozenset(suffix for each in SUFFIXES_BY_FORMAT.values() for suffix in each)


class NameKind(StrEnum):
    """What a file is by its name.

    Attributes:
        IMAGE: an image that is read.
        UNKNOWN: nothing is known; its first bytes tell what it is.
        FORMAT: an image, slide, video or archive that is not read.
        BACKUP: an earlier or unfinished version of another file.
        CLOUD: stands for a file that was not downloaded.
        DOCUMENT: a table, text or program.
        SYSTEM: kept by a system or a program for itself.
    """

    IMAGE = "image"
    UNKNOWN = "unknown"
    FORMAT = "format"
    BACKUP = "backup"
    CLOUD = "cloud"
    DOCUMENT = "document"
    SYSTEM = "system"


def _words(text: str, dot: str = ".") -> frozenset[str]:
    return frozenset(f"{dot}{word}" for word in text.split())


TIFF_LIKE_SUFFIXES = _words(
    "ndpi ndpis scn bif qptiff afi dng nef nrw arw srf sr2 cr2 pef 3fr fff iiq erf dcr kdc mef "
    "mos mrw rwl raw rw2 orf raf"
)
"""Slides and raw photographs that begin as a TIFF does, but hold no image that can be read."""

_FORMAT_SUFFIXES = TIFF_LIKE_SUFFIXES | _words(
    # photographs and graphics
    "heic heics heif heifs hif avif avifs gif jp2 j2k j2c jpc jpf jpx jpm jpt jph jxl jxr wdp hdp "
    "psd psb xcf kra cr3 crw x3f ico icns cur svg svgz ai eps emf wmf tga pcx pbm pgm ppm pnm pam "
    "pfm exr hdr dpx cin sgi rgb xbm xpm qoi flif bpg dds ktx ras sun pict pct cdr indd mpo jps "
    # microscopes and slides
    "czi zvi lif lof xlef nd2 nd oib oif oir vsi ets mrxs vms vmu sis sld slide ims ims2 dcm dicom "
    "dic ima nii nrrd nhdr mha mhd isyntax tmap kfb sdpc mdsx mds tron hed img "
    # videos, arrays and archives
    "mp4 m4v mov avi mkv wmv mpg mpeg webm npy npz mat h5 hdf5 zarr n5 zip 7z rar tar gz tgz bz2 xz"
)
_DOCUMENT_SUFFIXES = _words(
    "csv tsv tab txt text asc json jsonl ndjson geojson xml html htm xhtml md rst rtf tex bib log "
    "xls xlsx xlsm xlsb xlt ods doc docx odt ppt pptx odp pdf one msg eml parquet feather arrow "
    "sqlite sqlite3 db db3 mdb accdb sql sav dta sas7bdat rds rdata rda arff pkl pickle joblib pt "
    "pth onnx keras tflite pb yaml yml toml ini cfg conf properties py pyc ipynb r rmd m mlx sh "
    "bash bat cmd ps1 js ts css java class jar c h cpp hpp cs go rs groovy ijm exe dll so dylib "
    "msi app dmg lnk url webloc desktop xmp aae thm pp3 dop roi cppipe cpproj cpa qpproj qpdata "
    "ilp md5 sha1 sha256 sha512 sfv mp3 wav m4a aac ogg flac ttf otf woff woff2 gitignore lock"
)
_BACKUP_SUFFIXES = _words(
    "bak bk bkp bck backup orig original old tmp temp swp swo part partial crdownload download "
    "opdownload filepart save rej autosave"
)
_CLOUD_SUFFIXES = _words("icloud nextcloud owncloud cloud cloudf")
_BACKUP_ENDS = ("~", "#", "_original", "_backup", "_bak", "_old")
_KIND_BY_SUFFIX = {
    **dict.fromkeys(_DOCUMENT_SUFFIXES, NameKind.DOCUMENT),
    **dict.fromkeys(_FORMAT_SUFFIXES, NameKind.FORMAT),
    **dict.fromkeys(IMAGE_SUFFIXES, NameKind.IMAGE),
}
_NUMBERED = re.compile(r"\.[0-9]+$")
_NUMBERED_TILDE = re.compile(r"\.~[0-9]+~$")
_PLAIN_SUFFIX = re.compile(r"\.(?=[0-9]*[a-z])[a-z0-9_+-]{1,10}")

_SYSTEM_FILES = _words(
    "thumbs.db ehthumbs.db ehthumbs_vista.db desktop.ini autorun.inf picasa.ini pspbrwse.jbf "
    "zbthumbnail.info folder.htt pagefile.sys hiberfil.sys swapfile.sys",
    "",
) | {"icon\r"}
_SYSTEM_FILE_ENDS = ("@synoeastream", "@synoresource", ":zone.identifier")
_SYSTEM_FOLDERS = frozenset(
    {
        *_words("@eadir @tmp @recycle @recently-snapshot @sharebin @sharesnap @synodrive", ""),
        *_words("@snapshot @snapshots @quarantine @transcode @thumb @__thumb @qini", ""),
        *_words("@download @s2s @docker @appstore @database @autoupdate @img_bkp_cache", ""),
        *_words("#recycle #snapshot #recycled ~snapshot recycle.bin recycler lost.dir", ""),
        *_words("recycled trashbox files_trashbin lost+found __macosx __thumbs__ __pycache__", ""),
        *_words("config.msi msocache onedrivetemp node_modules", ""),
        "system volume information",
        "network trash folder",
        "temporary items",
        "thevolumesettingsfolder",
    }
)
_SYSTEM_FOLDER = re.compile(
    r"found\.[0-9]{3}"  # what a check of a Windows drive saves
    r"|\$[a-z].*"  # of Windows
    r"|@gmt-[0-9.-]+"  # snapshots of Samba
    # libraries of photograph programs, whose previews are copies
    r"|.+\.(?:photoslibrary|migratedphotolibrary|aplibrary|lrdata|lrcat-data)"
)


def is_image_name(name: str) -> bool:
    """Whether a file is read as an image by its suffix."""
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122 - speed


def is_system_folder(name: str) -> bool:
    """Whether a folder belongs to a system: recycle bins, thumbnails and snapshots of servers.

    What lies in it are no cells of its own, but copies, however many. Hidden folders (with a
    leading dot) count, too.
    """
    if name.startswith("."):
        return True
    name = name.casefold()
    return name in _SYSTEM_FOLDERS or _SYSTEM_FOLDER.fullmatch(name) is not None


def kind_of_name(name: str) -> tuple[NameKind, str]:
    """Return what a file is by its name, and its suffix in small letters.

    The suffix is empty where there is none; it holds that of the image where it follows one, as
    in `.jpg~` and `.jpg.bak`, and a number is given as 1, so that `.jpg.7` is `.jpg.1`.
    """
    name = name.casefold()
    if name in _SYSTEM_FILES or name.endswith(_SYSTEM_FILE_ENDS) or name.startswith("~$"):
        return NameKind.SYSTEM, ""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - speed
    if suffix in _CLOUD_SUFFIXES:
        return _kind_of_placeholder(stem, suffix)
    known = _KIND_BY_SUFFIX.get(suffix)
    if known is NameKind.DOCUMENT and (inner := _image_suffix(stem)):
        return NameKind.UNKNOWN, inner + suffix  # a note on an image, or an image by mail
    if known is not None:
        return known, suffix
    return _kind_of_backup(name) or (NameKind.UNKNOWN, _unknown_suffix(stem, suffix))


def _kind_of_placeholder(stem: str, suffix: str) -> tuple[NameKind, str]:
    """A placeholder is called as the file that it stands for, on a Mac with a dot before it."""
    kind, inner = kind_of_name(stem.removeprefix("."))
    if kind in (NameKind.IMAGE, NameKind.FORMAT, NameKind.UNKNOWN):
        return NameKind.CLOUD, inner + suffix
    return kind, inner


def _kind_of_backup(name: str) -> tuple[NameKind, str] | None:
    """`a.jpg~`, `a.jpg.~2~`, `a.bak`, `a.jpg.bak.2`, `#a.jpg#`; None for another file."""
    name = _NUMBERED.sub("", _NUMBERED_TILDE.sub("~", name))
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - speed
    if (end := suffix.rstrip("0123456789")) in _BACKUP_SUFFIXES:
        suffix = os.path.splitext(stem)[1]  # noqa: PTH122 - speed
    else:
        end = next((each for each in _BACKUP_ENDS if name.endswith(each)), "")
        suffix = suffix.removesuffix(end)
        if end != "~" and (not end or suffix not in _KIND_BY_SUFFIX):
            return None
    kind = _KIND_BY_SUFFIX.get(suffix)
    if kind is NameKind.DOCUMENT:
        return kind, suffix
    return NameKind.BACKUP, (suffix if kind is NameKind.IMAGE else "") + end


def _image_suffix(stem: str) -> str:
    """The suffix of a name that is an image's; empty where it is none."""
    suffix = os.path.splitext(stem)[1]  # noqa: PTH122 - speed
    return suffix if suffix in IMAGE_SUFFIXES else ""


def _unknown_suffix(stem: str, suffix: str) -> str:
    """Dates, times and numbers behind a dot are no suffix, but for one behind that of an image."""
    if _NUMBERED.fullmatch(suffix) and (inner := _image_suffix(stem)):
        return f"{inner}.1"
    return suffix if _PLAIN_SUFFIX.fullmatch(suffix) else ""
