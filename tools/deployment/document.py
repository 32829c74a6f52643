"""The rules for the file itself: faults that the deployment library would accept or ignore silently."""

import yaml

from tools.deployment import faults, rules


def problems(text: str) -> list[str]:
    """A line for each fault of a file's text, without repetitions."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        return [f"it is not YAML{f': line {mark.line + 1}' if mark else ''}: {str(error).splitlines()[0]}"]
    return list(dict.fromkeys([*faults.problems(document), *rules.problems(document)]))
