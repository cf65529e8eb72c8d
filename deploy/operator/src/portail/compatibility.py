"""What may change within a major version: an optional field may be added, nothing else."""

from typing import Any

WORDS = ("description", "title", "examples")


def breaking_changes(old: dict[str, Any], new: dict[str, Any], at: str = "data") -> list[str]:
    """Every difference that could surprise a consumer or a replay of old events."""
    return [
        *_required(old, new, at),
        *(
            change
            for name, before in old.get("properties", {}).items()
            for change in _property(before, new.get("properties", {}).get(name), f"{at}.{name}")
        ),
        *(
            change
            for name, before in old.get("$defs", {}).items()
            for change in _definition(before, new.get("$defs", {}).get(name), name)
        ),
    ]


def _required(old: dict[str, Any], new: dict[str, Any], at: str) -> list[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    return [
        *(f"{at}.{name} may now be absent" for name in sorted(before - after)),
        *(f"{at}.{name} is now required" for name in sorted(after - before)),
    ]


def _property(old: dict[str, Any], new: dict[str, Any] | None, at: str) -> list[str]:
    if new is None:
        return [f"{at} is gone"]
    return [] if _bare(old) == _bare(new) else [f"{at} changed its shape"]


def _definition(old: dict[str, Any], new: dict[str, Any] | None, name: str) -> list[str]:
    if new is None:
        return [f"{name} is gone"]
    if "properties" in old:
        return breaking_changes(old, new, name)
    return _property(old, new, name)


def _bare(schema: Any) -> Any:
    """Without the words, which may be improved."""
    if isinstance(schema, dict):
        return {k: _bare(v) for k, v in schema.items() if k not in WORDS}
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    return schema
