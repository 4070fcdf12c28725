"""How an operator sets the app up: environment variables, and whether they make sense.

The limits stand in :mod:`lmcore.runtime.limits`, models and downloads in :mod:`lmcore.hub.policy`;
here are the language in which the app begins, the switch of live training, and the check of all of
them. ``python -m lmcore settings`` prints them, and fails with one sentence where one is wrong: put
it in front of the start of a server. The app makes the same check with each visit.
"""

import os
from collections.abc import Mapping

from lmcore.errors import SettingError
from lmcore.hub import policy
from lmcore.runtime import limits
from lmcore.text.catalogue import LANGUAGES

LANGUAGE = "THREE_READERS_LANGUAGE"
#: Whether visitors may train: it takes the most memory of all that they can do.
TRAINING = "THREE_READERS_TRAINING"
#: What downloads and training can be set to; those that switch off.
SWITCH = ("on", "off", "yes", "no", "true", "false", "1", "0")
OFF = ("off", "no", "false", "0")


def first_language() -> str:
    """The language in which the app begins; English where what is set is none of them."""
    try:
        return _one_of(os.environ, LANGUAGE, tuple(LANGUAGES))
    except SettingError:
        return next(iter(LANGUAGES))  # :func:`check` says so


def training_allowed() -> bool:
    """Whether a visitor may train a reader on the page."""
    return os.environ.get(TRAINING, "on").strip().lower() not in OFF


def names() -> list[str]:
    """All variables that an operator may set."""
    names = [variable.name for variable in limits.variables(limits.LIMITS)]
    return [*names, LANGUAGE, TRAINING, policy.DOWNLOADS, policy.MODELS, policy.MODEL_DIRS]


def check(environment: Mapping[str, str] | None = None) -> None:
    """See that every variable of an environment (that of the process) can be used.

    Raises:
        SettingError: ``environment_unknown``, ``environment_number``, ``environment_choice``,
            ``environment_model`` or ``environment_folder``.
    """
    given = os.environ if environment is None else environment
    known = set(names())
    for name in given:
        if name.startswith(limits.PREFIX) and name not in known:  # a slip would limit nothing
            raise SettingError("environment_unknown", name=name[:80])
    limits.read(given)
    _one_of(given, LANGUAGE, tuple(LANGUAGES))
    _one_of(given, TRAINING, SWITCH)
    _one_of(given, policy.DOWNLOADS, SWITCH)
    odd = policy.unknown_models(given)
    if odd:
        raise SettingError("environment_model", name=policy.MODELS, value=odd[0][:80])
    missing = policy.missing_folders(given)
    if missing:
        raise SettingError("environment_folder", name=policy.MODEL_DIRS, value=missing[0][:200])


def _one_of(environment: Mapping[str, str], name: str, options: tuple[str, ...]) -> str:
    """One of a few words; the first where nothing is set."""
    value = environment.get(name, "").strip().lower() or options[0]
    if value not in options:
        known = ", ".join(options)
        raise SettingError("environment_choice", name=name, value=value[:40], known=known)
    return value


def table() -> list[tuple[str, str, str]]:
    """Every variable of the app with what holds now and what it means, for the command line."""
    rows = [
        (each.name, str(each.value), f"{each.meaning}, {each.least} to {each.most}")
        for each in limits.variables(limits.read(os.environ))
    ]
    training = "on" if training_allowed() else "off"
    downloads = "on" if policy.downloads_allowed() else "off"
    models = ", ".join(model for model in policy.allowed()) or "none"
    return [
        *rows,
        (LANGUAGE, first_language(), "language at first: " + ", ".join(LANGUAGES)),
        (TRAINING, training, "whether visitors may train a reader: on, off"),
        (policy.DOWNLOADS, downloads, "whether visitors may start downloads: on, off"),
        (policy.MODELS, models, "published models that may be chosen"),
        (policy.MODEL_DIRS, os.environ.get(policy.MODEL_DIRS, ""), "folders with models"),
    ]
