"""What `build_installer.spec` puts into a bundle and what it leaves out: see docs/packaging.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

from notices import FILE_NAME, write_licences
from PIL import Image
from PyInstaller.utils.hooks import (
    collect_data_files,
    collect_submodules,
    copy_metadata,
    get_package_paths,
)
from trim import Entry, drop_unused_libraries, strip_symbols

EDITIONS = ("full", "reader")

# What slips in where it happens to be installed, or is imported only to be tested or drawn with.
_NEVER = (
    *("jax", "jaxlib", "torch", "onnx", "onnxruntime", "nncf", "openvino_telemetry"),
    *("tkinter", "turtle", "IPython", "pytest", "_pytest", "hypothesis", "mypy"),
    *("pip", "setuptools", "wheel", "pkg_resources", "lib2to3"),
    *("tensorboard", "clang", "grpc", "trainer.testing", "yaml", "narwhals"),
    *(f"PySide6.Qt{name}" for name in ("Qml", "Quick", "OpenGL", "OpenGLWidgets", "Test", "Sql")),
    *("matplotlib.tests", "numpy.tests", "scipy.tests", "sklearn.tests"),
)
# What libraries of the window would import if they were asked to draw or to store.
_NOT_IN_WINDOW = ("matplotlib", "mpl_toolkits", "h5py", "fontTools", "dateutil", "pyparsing")
_FULL_ONLY = (
    "rich",
    "pygments",
    "markdown_it",
    "tensorflow",
    "keras",
    "optuna",
    "alembic",
    "sqlalchemy",
    "pyarrow",
)

_SHOWN_PACKAGES = ("filelock", "fpdf2", "h5py", "imagecodecs", "jinja2", "keras", "matplotlib")
_SHOWN_PACKAGES += ("numpy",)
_SHOWN_PACKAGES += ("opencv-python-headless", "openvino", "optuna", "pillow", "platformdirs")
_SHOWN_PACKAGES += ("psutil", "PySide6-Essentials", "pyarrow", "pydantic", "pypdfium2")
_SHOWN_PACKAGES += ("scikit-learn", "scipy")
_SHOWN_PACKAGES += ("tensorflow-cpu", "tensorflow", "threadpoolctl", "tifffile", "tqdm")
_SHOWN_PACKAGES += ("XlsxWriter",)

_OPENVINO = ("openvino", "openvino_intel_cpu_plugin", "openvino_auto_plugin")
_OPENVINO += ("openvino_hetero_plugin", "openvino_ir_frontend", "hwloc", "tbb", "tbbmalloc")
_OPENVINO += ("tbbbind_2_5",)
_OPENVINO_FULL = ("openvino_tensorflow_frontend", "openvino_intel_gpu_plugin")

_QT_PLUGINS = (
    *(
        "platforms/libqxcb",
        "platforms/libqwayland",
        "platforms/libqoffscreen",
        "platforms/qwindows",
    ),
    *(
        "platforms/libqcocoa",
        "styles/",
        "iconengines/",
        "imageformats/libqsvg",
        "imageformats/qsvg",
    ),
    *("xcbglintegrations/libqxcb-glx", "wayland-shell-integration/libxdg-shell"),
    *("wayland-decoration-client/libadwaita", "wayland-graphics-integration-client/libqt-plugin"),
    *("platforminputcontexts/libcompose", "platforminputcontexts/libibus"),
    "platformthemes/libqxdgdesktopportal",
)
_LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing)/.*\.(py|npz|npy|csv|so)$"
    r"|^tensorflow/include/|\.(pyi|pxd|pyx|pxi|h|hpp|hh|cc|cmake)$"
    r"|^tensorflow/.*/(stablehlo_extension|_xla_ops)\.so$|^grpc/"
    r"|^pyarrow/(src|include|tests)/|^pyarrow/(lib)?(arrow)?_(flight|s3|s3fs|hdfs|orc|gcsfs)\."
    r"|^pyarrow/libarrow_python\w*\.so(\.\d+\.\d+\.\d+)?$|^matplotlib/mpl-data/sample_data/"
    r"|^openvino/libs/.*_frontend|^PySide6/Qt/translations/(?!qtbase_(de|en))"
    r"|^sklearn/datasets/(data|descr|images)/"
)


def excluded_modules(edition: str) -> list[str]:
    """Modules that no analysis follows."""
    return [*_NEVER, *(_FULL_ONLY if edition == "reader" else ())]


def excluded_from_window(edition: str) -> list[str]:
    """Modules that the analysis of the window does not follow."""
    return [*excluded_modules(edition), *_NOT_IN_WINDOW, *_FULL_ONLY]


def window_modules() -> list[str]:
    """Modules of the window; pages and controllers are imported when they are first shown."""
    return collect_submodules("leukogui")


def trainer_modules(edition: str) -> list[str]:
    """Modules of the trainer, which are imported by name when a job first runs."""
    named = collect_submodules("trainer", filter=lambda name: name != "trainer.testing")
    codecs = [f"imagecodecs._{name}" for name in _CODECS]
    return named + codecs + (_training_modules() if edition == "full" else [])


# Of the images that `trainer.imaging.codecs` takes; imagecodecs imports them by name.
_CODECS = ("imcd", "shared", "shared_cython", "jpeg8", "jpegsof3", "ljpeg", "png", "webp")
_CODECS += ("zlib", "deflate", "lzma", "zstd")


def _training_modules() -> list[str]:
    return ["openvino.frontend.tensorflow", *collect_submodules("optuna.storages")]


def study_files(edition: str) -> list[tuple[str, str]]:
    """Migrations of the database in which a search for a recipe is kept."""
    return collect_data_files("optuna", include_py_files=True) if edition == "full" else []


def resource_files(root: Path) -> list[tuple[str, str]]:
    """What ships with the program, beside its code: (source, folder in the bundle)."""
    resources = root / "resources"
    folders = [(str(resources / name), f"resources/{name}") for name in _RESOURCES]
    return [*folders, (str(resources / "review_classes.json"), "resources")]


_RESOURCES = ("icons", "models", "self_test", "translations")


def template_files(root: Path) -> list[tuple[str, str]]:
    """The pages of reports."""
    where = Path("trainer/jobs/common/report/templates")
    return [(str(root / where), str(where))]


def openvino_libraries(edition: str) -> list[tuple[str, str]]:
    """OpenVINO's plugins, which it loads by name while it runs."""
    wanted = (*_OPENVINO, *(_OPENVINO_FULL if edition == "full" else ()))
    folder = Path(get_package_paths("openvino")[1]) / "libs"
    pattern = re.compile(rf"(lib)?({'|'.join(wanted)})(\.dll|(\.[\d.]+)?\.dylib|\.so[\d.]*)")
    return [
        (str(path), "openvino/libs")
        for path in sorted(folder.iterdir())
        if pattern.fullmatch(path.name)
    ]


def leave_out_files(analysis: Any, edition: str, work: Path) -> None:
    """Take out of an analysis what its hooks collected and the program never opens."""
    wanted = {Path(source).name for source, _ in openvino_libraries(edition)}
    needed = [each for each in analysis.binaries if _is_needed(each[0], wanted)]
    analysis.binaries = strip_symbols(drop_unused_libraries(needed), work)
    analysis.datas = [each for each in analysis.datas if _is_needed(each[0], wanted)]
    # A link at the top to a library that has gone goes with it.
    places = {each[0] for part in (analysis.binaries, analysis.datas) for each in part}
    for name in ("binaries", "datas"):
        entries = getattr(analysis, name)
        kept = [each for each in entries if each[2] != "SYMLINK" or each[1] in places]
        setattr(analysis, name, kept)


def _is_needed(place: str, openvino: set[str]) -> bool:
    place = place.replace("\\", "/")
    if place.startswith("openvino/libs/"):
        return Path(place).name in openvino
    if "/Qt/plugins/" in place or place.startswith("PySide6/plugins/"):
        return any(f"plugins/{plugin}" in place for plugin in _QT_PLUGINS)
    return _LEFT_OUT.search(place) is None


def write_notices(root: Path, analyses: Iterable[Any], work: Path) -> list[Entry]:
    """The licences of all that the analyses found, as a resource of the program."""
    sources = [entry[1] for each in analyses for part in _parts(each) for entry in part]
    file = write_licences(sources, root, work / FILE_NAME)
    return [(f"resources/{FILE_NAME}", str(file), "DATA")]


def _parts(analysis: Any) -> tuple[Any, ...]:
    return (analysis.pure, analysis.binaries, analysis.datas)


def package_facts(edition: str) -> list[tuple[str, str]]:
    """Metadata of packages whose versions the program shows."""
    facts: list[tuple[str, str]] = []
    for name in _SHOWN_PACKAGES:
        if edition == "full" or name.partition("-")[0] not in _FULL_ONLY:
            with suppress(PackageNotFoundError):
                facts += copy_metadata(name)
    return facts


def icon_file(root: Path, work: Path) -> str | None:
    """The program's icon in the form that the system's programs carry; None on Linux."""
    suffix = {"win32": ".ico", "darwin": ".icns"}.get(sys.platform)
    if suffix is None:
        return None
    from PySide6.QtGui import QImage  # draws the vector picture; Pillow writes both formats

    picture = QImage(str(root / "resources" / "icons" / "leukogui.svg")).scaled(1024, 1024)
    picture.save(str(work / "icon.png"))
    with Image.open(work / "icon.png") as image:
        image.save(work / f"icon{suffix}")
    return str(work / f"icon{suffix}")


def macos_settings(version: str) -> dict[str, Any]:
    """Settings of the `.app`: what it opens, and that it is at home in dark and sharp windows."""
    return {
        "bundle_identifier": "org.leukogui.Leuko",
        "version": version,
        "info_plist": {
            "NSHighResolutionCapable": True,
            "NSRequiresAquaSystemAppearance": False,
            "LSApplicationCategoryType": "public.app-category.medical",
            "CFBundleDocumentTypes": [
                {
                    "CFBundleTypeName": "Folder of images",
                    "CFBundleTypeRole": "Viewer",
                    "LSItemContentTypes": ["public.folder", "public.image"],
                    "LSHandlerRank": "Alternate",
                }
            ],
        },
    }
