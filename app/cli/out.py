"""Where commands say what they do."""

from rich.console import Console

OUT = Console(highlight=False, soft_wrap=True)
