"""Which languages of the classroom have what: tests run over all that are there."""

from lmcore.text.language import languages


def having(file: str) -> list[str]:
    """Keys of the languages whose folder has a file."""
    return [key for key, record in languages().items() if (record.folder / file).is_file()]
