"""CloudFormation's functions in YAML: what template.yaml may say, and what it then means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

try:  # ten times as fast: a command would spend half a second on the template
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_SUBSTITUTION = re.compile(r"\$\{(!?)([^}]+)\}")
_PSEUDO = {
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "111111111111",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "switchboard",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:111111111111:stack/switchboard/local",
}
_PLAIN_TAGS = {"Ref", "Condition"}  # the others are written with Fn:: in front


class TemplateError(Exception):
    """The template says something the local system cannot read."""


@dataclass(frozen=True, slots=True)
class NoValue:
    """What `AWS::NoValue` becomes: the property is left out."""


NO_VALUE = NoValue()


class _Loader(SafeLoader):
    """YAML with CloudFormation's short tags, read into their long forms."""


def _construct_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, object]:
    name = suffix if suffix in _PLAIN_TAGS else f"Fn::{suffix}"
    value: object = None
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


_Loader.add_multi_constructor("!", _construct_tag)


def load_yaml(path: Path) -> dict[str, object]:
    """Read a template's text. Raises TemplateError when it is no mapping."""
    with path.open(encoding="utf-8") as text:
        loaded = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader with more tags)
    if not isinstance(loaded, dict):
        raise TemplateError(f"{path.name} is not a CloudFormation template")
    return loaded


class Evaluator:
    """Gives the values of a template's functions.

    `parameters` holds every parameter's value; `attribute(resource, name)` says what a resource
    is called outside (`name` is "Ref" or what GetAtt asks for).
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        conditions: Mapping[str, object],
        attribute: Callable[[str, str], str],
    ) -> None:
        self._parameters = parameters
        self._conditions = conditions
        self._attribute = attribute
        self._functions: dict[str, Callable[[object], object]] = {
            "Ref": self._ref,
            "Condition": lambda name: self._condition(str(name)),
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Equals": lambda pair: _text(self.list(pair)[0]) == _text(self.list(pair)[1]),
            "Fn::Not": lambda terms: not self.list(terms)[0],
            "Fn::And": lambda terms: all(self.list(terms)),
            "Fn::Or": lambda terms: any(self.list(terms)),
            "Fn::Join": self._join,
        }

    def value(self, written: object) -> object:
        """What a piece of the template stands for, without any function left in it."""
        if isinstance(written, dict):
            if len(written) == 1:
                name, argument = next(iter(written.items()))
                if name in self._functions:
                    return self._functions[name](argument)
                if str(name).startswith("Fn::"):
                    raise TemplateError(f"the local system does not know {name}")
            values = {key: self.value(item) for key, item in written.items()}
            return {key: item for key, item in values.items() if item is not NO_VALUE}
        if isinstance(written, list):
            return self.list(written)
        return written

    def list(self, written: object) -> list[object]:
        """The values of a list, without those that are left out."""
        if not isinstance(written, list):
            raise TemplateError(f"a list was expected, not {written!r}")
        values = [self.value(item) for item in written]
        return [item for item in values if item is not NO_VALUE]

    def text(self, written: object) -> str:
        """A value as an environment variable shows it."""
        return _text(self.value(written))

    def _ref(self, argument: object) -> object:
        name = str(argument)
        if name == "AWS::NoValue":
            return NO_VALUE
        return self._name(name)

    def _name(self, name: str) -> str:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._parameters:
            return self._parameters[name]
        return self._attribute(name, "Ref")

    def _get_att(self, argument: object) -> str:
        if isinstance(argument, str):
            argument = argument.split(".", 1)
        resource, name = self.list(argument)
        return self._attribute(str(resource), str(name))

    def _sub(self, argument: object) -> str:
        pattern, names = (argument, {}) if isinstance(argument, str) else self.list(argument)
        given = {key: _text(item) for key, item in names.items()} if isinstance(names, dict) else {}

        def put(match: re.Match[str]) -> str:
            literal, name = match[1], match[2].strip()
            if literal:
                return f"${{{name}}}"
            if name in given:
                return given[name]
            resource, dot, attribute = name.partition(".")
            return self._attribute(resource, attribute) if dot else self._name(name)

        return _SUBSTITUTION.sub(put, str(pattern))

    def _if(self, argument: object) -> object:
        if not isinstance(argument, list) or len(argument) != 3:  # noqa: PLR2004
            raise TemplateError("Fn::If takes a condition and two values")
        return self.value(argument[1] if self._condition(str(argument[0])) else argument[2])

    def _join(self, argument: object) -> str:
        separator, items = self.list(argument)
        return str(separator).join(_text(item) for item in self.list(items))

    def _condition(self, name: str) -> bool:
        if name not in self._conditions:
            raise TemplateError(f"the template has no condition {name}")
        return bool(self.value(self._conditions[name]))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
