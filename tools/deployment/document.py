"""The rules for the file itself: what the deployment library would take, or drop, without a word."""

import yaml

from tools.deployment import faults, rules


def problems(text: str) -> list[str]:
    """Every line that is wrong with a file's text, once."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        return [f"it is not YAML{f': line {mark.line + 1}' if mark else ''}: {str(error).splitlines()[0]}"]
    return list(dict.fromkeys([*faults.problems(document), *rules.problems(document)]))
