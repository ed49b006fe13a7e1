"""The rules that hold the tree together, checked on the tree itself."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APPS = ("config", "media_library", "recommender", "search")
ONE_ADAPTER = {
    "pypdfium2": "media_library/formats/pdf_",
    "rapidocr": "media_library/ocr/rapid.py",
    "onnxruntime": "media_library/ocr/rapid.py",
    "cv2": ("media_library/ocr/rapid.py", "media_library/extraction/ink"),
    "google": "media_library/lmm/gemini.py",
    "implicit": "recommender/collaborating.py",
}
"""Libraries that only their adapter imports, also inside of functions."""
# Of “google” alone, which several packages share, Python knows from its start.
HEAVY = (
    *("torch", "open_clip", "sentence_transformers", "transformers", "sklearn", "skimage", "av", "google.generativeai"),
    *(set(ONE_ADAPTER) - {"google"}),
)


def test_imports_go_down_only():
    """recommender → search → media_library, and config alone composes (the contract is in pyproject.toml)."""
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


def test_only_settings_and_launchers_read_the_environment():
    allowed = {"manage.py", "config/celery.py", "config/wsgi.py"}
    offenders = []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if name in allowed or name.startswith(("config/settings/", "config/services/", "config/run")):
            continue
        if re.search(r"os\.environ|os\.getenv|environ\.Env", path.read_text()):
            offenders.append(name)
    assert not offenders


def test_heavy_libraries_are_imported_at_first_use_only():
    offenders = []
    for path in sources():
        for node in ast.parse(path.read_text()).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            offenders += [f"{path.relative_to(ROOT)}: {name}" for name in names if name.split(".")[0] in HEAVY]
    assert not [line for line in offenders if not line.startswith(ADAPTERS)]


def test_each_of_these_libraries_has_one_adapter():
    offenders = []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module]
            roots = {module.split(".")[0] for module in modules}
            offenders += [f"{name}: {root}" for root in roots if not name.startswith(ONE_ADAPTER.get(root, name))]
    assert not offenders


# Modules that are themselves imported at first use only; test_pages_load_no_heavy_library proves it.
ADAPTERS = (
    "search/encoders/",
    "search/training/",
    "media_library/formats/videos.py",
    "media_library/formats/sounds.py",
    "media_library/formats/listening.py",
    "media_library/formats/ears.py",
    "media_library/formats/remuxing.py",
    "media_library/formats/pdf_",
    "media_library/demo/",
)


@pytest.mark.parametrize(
    "code",
    [
        "from django.core.management import call_command; call_command('check')",
        "import django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns",
    ],
)
def test_checks_and_pages_load_no_heavy_library(code):
    program = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings.test'\n"
        f"import django; django.setup()\n{code}\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def sources() -> list[Path]:
    return [
        ROOT / "manage.py",
        *(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts),
    ]
