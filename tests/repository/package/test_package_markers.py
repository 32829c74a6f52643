"""Markers of the lock, evaluated for the platform and not for the interpreter that builds."""

import pytest

from tools.package.target import MarkerError, holds


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("python_full_version < '3.11'", True),
        ("python_full_version >= '3.11'", False),
        ("python_version == '3.10'", True),
        ('python_version in_range "x" or os_name == "posix"', None),
        ("python_full_version >= '3.9' and python_full_version < '3.10'", False),
        ("'3.9' <= python_version", True),
        ("sys_platform == 'win32'", False),
        ("sys_platform == 'win32' or os_name == 'posix'", True),
        ("sys_platform == 'linux' and (platform_machine == 'arm64' or platform_machine == 'x86_64')", True),
        ("platform_python_implementation != 'PyPy'", True),
        ("extra == 'dev'", False),
        ("python_version >= '3'", True),
        ("python_version < '3.9.x'", None),
        ("'3.9.x' == python_full_version", None),
        ("sys_platform == 'linux' and python_version > 'x'", None),
        ("python_version == '3.10.*'", True),
        ("sys_platform < 'win32'", None),
        ("unknown_thing == 'x'", None),
        ("python_version", None),
        ("(python_version > '3'", None),
        ("python_version > '3' 'x'", None),
        ("python_version ~ '3'", None),
    ],
)
def test_a_marker_is_about_the_platform(marker: str, expected: bool | None) -> None:
    """CPython 3.10 on x86-64 Linux decides; what is not understood is an error, never a silent no."""
    if expected is None:
        with pytest.raises(MarkerError):
            holds(marker)
    else:
        assert holds(marker) is expected
