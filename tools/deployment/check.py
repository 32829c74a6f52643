"""Applies all rules to the requests of one deployment."""

import ast
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from local.scf.discover import bound
from tools.deployment import functions, triggers
from tools.deployment.toolkit import Deployment


def handlers(package: Path) -> dict[str, bool]:
    """The modules at the root of the zip, and for each whether it has a `main_handler`."""
    with zipfile.ZipFile(package) as archive:
        names = [name for name in archive.namelist() if "/" not in name and name.endswith(".py")]
        return {name.removesuffix(".py"): has_handler(archive.read(name)) for name in names}


def has_handler(source: bytes) -> bool:
    """Whether a module's top level binds `main_handler`."""
    return any("main_handler" in bound(statement) for statement in ast.parse(source).body)


def problems(deployment: Deployment, package: Path, root: Path) -> list[str]:
    """A line for each fault of a file, without repetitions; empty if it can be deployed. `root` is the file's
    folder.
    """
    if deployment.problem:
        return [f"the library refuses it: {deployment.problem}"]
    found = handlers(package)
    lines = [*source(deployment, package, root), *requests(deployment, found)]
    lines += [
        *triggers.problems(deployment.first),
        *triggers.second_deployment(deployment.again),
        *forgotten(deployment, found),
    ]
    return list(dict.fromkeys(lines))


def requests(deployment: Deployment, found: Mapping[str, bool]) -> Iterator[str]:
    """Apply the rules to each request; each line begins with the function that it is about."""
    modules = {
        one.params["FunctionName"]: triggers.module(one) for one in deployment.first if one.action == "CreateFunction"
    }
    for one in (*deployment.first, *deployment.again):
        name = one.params.get("FunctionName")
        yield from (f"{modules.get(str(name), name)}: {line}" for line in functions.problems(one, found))


def source(deployment: Deployment, package: Path, root: Path) -> Iterator[str]:
    """The uploaded code must be a folder, because the path of a zip uploads nothing, with exactly the files of
    the zip.
    """
    src = deployment.inputs.get("src")
    folder = root / str(src.get("src") if isinstance(src, dict) else src)
    if not folder.is_dir():
        yield f"src is no folder: {folder.name}"
        return
    with zipfile.ZipFile(package) as archive:
        inside = {name: archive.getinfo(name).file_size for name in archive.namelist()}
    there = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    if there != inside:
        yield f"src is {folder.name}, which does not hold what {package.name} holds"
    if isinstance(src, dict) and src.get("exclude"):
        yield "src leaves files out that the package needs: it has an exclude"


def forgotten(deployment: Deployment, found: Mapping[str, bool]) -> Iterator[str]:
    """Functions of the package that nobody deploys."""
    deployed = {triggers.module(one) for one in deployment.first if one.action == "CreateFunction"}
    missing = sorted({name for name in found if found[name]} - deployed)
    yield from (f"{name} is in the package and is not deployed" for name in missing)
