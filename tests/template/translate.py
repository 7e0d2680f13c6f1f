"""Run by SAM CLI's own Python: print a template as CloudFormation sees it after the transform.

It stands for what `sam deploy` uploads: local folders become objects in S3, named after the
folder, so that another folder is another object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class _NoManagedPolicies:
    """The roles are written out, so that no managed policy is ever looked up."""

    def load(self) -> dict[str, str]:
        return {}


def translate(text: str, **told: str) -> dict[str, object]:
    template = yaml_parse(text)
    parts = [template["Globals"]["Function"]]
    parts += [resource["Properties"] for resource in template["Resources"].values()]
    for properties in parts:
        for name in ("CodeUri", "ContentUri"):
            if name in properties:
                properties[name] = f"s3://artefacts/{properties[name]}"
    parameters = {
        name: parameter.get("Default") for name, parameter in template["Parameters"].items()
    } | told
    translated: dict[str, object] = transform(template, parameters, _NoManagedPolicies())
    return translated


if __name__ == "__main__":
    file, *values = sys.argv[1:]
    given = dict(value.split("=", 1) for value in values)
    sys.stdout.write(json.dumps(translate(Path(file).read_text(), **given)))
