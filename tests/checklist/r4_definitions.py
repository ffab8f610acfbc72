"""A resource held against the published definitions of FHIR R4 (4.0.1).

Read from the JSON files that HL7 publishes with R4 (``profiles-resources.json``,
``profiles-types.json``, ``extension-definitions.json``, ``valuesets.json``, ``v2-tables.json``,
``v3-codesystems.json``). What is checked: which elements there are, how often each may stand, their
types, the patterns of primitive values, required value sets, codes of the code systems that R4
defines whole, and the extensions that R4 itself defines.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILES = (
    "profiles-resources.json", "profiles-types.json", "extension-definitions.json",
    "valuesets.json", "v2-tables.json", "v3-codesystems.json",
)  # fmt: skip
SYSTEM_TYPES = "http://hl7.org/fhirpath/System."
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
CORE_EXTENSIONS = "http://hl7.org/fhir/StructureDefinition/"


@dataclass
class R4Definitions:
    """The definitions, by name and by address."""

    structures: dict[str, dict[str, Any]] = field(default_factory=dict)
    extensions: dict[str, dict[str, Any]] = field(default_factory=dict)
    value_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    systems: dict[str, dict[str, Any]] = field(default_factory=dict)
    _children: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)

    @staticmethod
    def read(folder: Path) -> R4Definitions:
        """Read the files of *folder*."""
        found = R4Definitions()
        for name in FILES:
            bundle = json.loads((folder / name).read_text(encoding="utf-8"))
            for entry in bundle["entry"]:
                found._keep(entry["resource"])
        return found

    def _keep(self, resource: dict[str, Any]) -> None:
        match resource["resourceType"]:
            case "StructureDefinition" if resource["type"] == "Extension" and (
                resource["derivation"] == "constraint"
            ):
                self.extensions[resource["url"]] = resource
            case "StructureDefinition" if resource.get("derivation") != "constraint":
                self.structures[resource["type"]] = resource
            case "ValueSet":
                self.value_sets[resource["url"]] = resource
            case "CodeSystem":
                self.systems[resource["url"]] = resource

    def problems(self, resource: dict[str, Any]) -> list[str]:
        """Return what in *resource* is not as R4 defines it."""
        return list(self._resource(resource, resource["resourceType"]))

    def _resource(self, resource: dict[str, Any], place: str) -> Iterator[str]:
        kind = resource.get("resourceType", "")
        if kind not in self.structures:
            yield f"{place}: no resource {kind!r}"
            return
        rest = {key: value for key, value in resource.items() if key != "resourceType"}
        yield from self._object(rest, kind, kind, place)

    def _elements(self, kind: str) -> dict[str, list[dict[str, Any]]]:
        """Return the elements of the type *kind*, by the path of their parent."""
        found = self._children.get(kind)
        if found is None:
            found = defaultdict(list)
            for element in self.structures[kind]["snapshot"]["element"]:
                parent, _, _ = element["path"].rpartition(".")
                if parent:
                    found[parent].append(element)
            self._children[kind] = found
        return found

    def _object(self, value: dict[str, Any], kind: str, path: str, place: str) -> Iterator[str]:
        """Yield what is wrong with *value*, an object at *path* of the definition of *kind*."""
        left = dict(value)
        for element in self._elements(kind)[path]:
            name = element["path"].rpartition(".")[2]
            types = {name: element.get("type", [])}
            if name.endswith("[x]"):
                stem = name.removesuffix("[x]")
                types = {
                    f"{stem}{t['code'][0].upper()}{t['code'][1:]}": [t] for t in element["type"]
                }
            said = [key for key in types if key in left]
            if len(said) > 1:
                yield f"{place}: {' and '.join(said)}"
            if element["min"] and not said:
                yield f"{place}: no {name}"
            for key in said:
                yield from self._element(left.pop(key), element, types[key], kind, f"{place}.{key}")
        for key in left:
            yield f"{place}: {key} is not defined"

    def _element(
        self,
        value: Any,
        element: dict[str, Any],
        types: list[dict[str, Any]],
        kind: str,
        place: str,
    ) -> Iterator[str]:
        repeats = element.get("base", element)["max"] not in ("0", "1")
        if repeats is not isinstance(value, list):
            yield f"{place}: {'no list' if repeats else 'a list'}"
            return
        if value in ([], {}, ""):
            yield f"{place}: empty"
        for index, one in enumerate(value if repeats else [value]):
            at = f"{place}[{index}]" if repeats else place
            if "contentReference" in element:
                path = element["contentReference"].removeprefix("#")
                yield from self._object(one, kind, path, at)
                continue
            (code,) = {t["code"] for t in types}
            if code in ("BackboneElement", "Element"):
                yield from self._object(one, kind, element["path"], at)
            else:
                yield from self._value(one, code, at)
                yield from self._bound(one, element.get("binding", {}), at)

    def _value(self, value: Any, code: str, place: str) -> Iterator[str]:
        if code.startswith(SYSTEM_TYPES):
            if not isinstance(value, str):
                yield f"{place}: no text"
        elif code == "Resource":
            yield from self._resource(value, place)
        elif self.structures[code]["kind"] == "primitive-type":
            yield from self._primitive(value, code, place)
        else:
            yield from self._object(value, code, code, place)
            if code == "Extension":
                yield from self._extension(value, place)
            if code == "Coding":
                yield from self._coding(value, place)

    def _primitive(self, value: Any, code: str, place: str) -> Iterator[str]:
        wanted = {"boolean": bool, "decimal": (int, float), "integer": int}.get(code, str)
        if code in ("positiveInt", "unsignedInt"):
            wanted = int
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            yield f"{place}: {value!r} is no {code}"
            return
        (element,) = self._elements(code)[code][-1:]
        for extension in element["type"][0].get("extension", []):
            is_pattern = extension["url"] == REGEX and wanted is str
            if is_pattern and not re.fullmatch(extension["valueString"], value):
                yield f"{place}: {value!r} is no {code}"

    def _extension(self, value: dict[str, Any], place: str) -> Iterator[str]:
        """Yield what is wrong with an extension that R4 itself defines."""
        url = value["url"]
        definition = self.extensions.get(url)
        if definition is None:
            if url.startswith(CORE_EXTENSIONS):
                yield f"{place}: R4 defines no {url}"
            return
        for element in definition["snapshot"]["element"]:
            if element["path"] != "Extension.value[x]":
                continue
            allowed = {f"value{t['code'][0].upper()}{t['code'][1:]}" for t in element["type"]}
            (said,) = [key for key in value if key.startswith("value")] or [""]
            if said not in allowed:
                yield f"{place}: {said} in {url}"
            elif "binding" in element:
                yield from self._bound(value[said], element["binding"], place)

    def _bound(self, value: Any, binding: dict[str, Any], place: str) -> Iterator[str]:
        """Yield a code that is not in the value set that is required here."""
        if binding.get("strength") != "required":
            return
        codes = self.expand(binding["valueSet"])
        if codes is None:
            return
        if isinstance(value, str):
            if value not in {code for _, code in codes}:
                yield f"{place}: {value!r} is not in {binding['valueSet']}"
            return
        for coding in value.get("coding", [value]):
            if (coding.get("system"), coding.get("code")) not in codes:
                yield f"{place}: {coding} is not in {binding['valueSet']}"

    def expand(self, url: str) -> set[tuple[str, str]] | None:
        """Return the codes of a value set; None where R4 does not list them all."""
        found = self.value_sets.get(url.partition("|")[0])
        if found is None:
            return None
        codes: set[tuple[str, str]] = set()
        for include in found["compose"]["include"]:
            if "filter" in include:
                return None
            for nested in include.get("valueSet", []):
                listed = self.expand(nested)
                if listed is None:
                    return None
                codes |= listed
            if "system" not in include:
                continue
            concepts = include.get("concept") or self._concepts(include["system"])
            if concepts is None:
                return None
            codes |= {(include["system"], concept["code"]) for concept in concepts}
        return codes

    def _concepts(self, system: str) -> list[dict[str, Any]] | None:
        """Return the concepts of a code system, nested ones too, if R4 lists them all."""
        found = self.systems.get(system)
        if found is None or found["content"] != "complete":
            return None

        def flat(concepts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
            for concept in concepts:
                yield concept
                yield from flat(concept.get("concept", []))

        return list(flat(found.get("concept", [])))

    def _coding(self, value: dict[str, Any], place: str) -> Iterator[str]:
        concepts = self._concepts(value.get("system", ""))
        if concepts is None:
            return
        if value.get("code") not in {concept["code"] for concept in concepts}:
            yield f"{place}: {value['system']} has no {value.get('code')!r}"
