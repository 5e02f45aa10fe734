"""Origins are found alike from the start, from checkpoints, and as they were kept. Issue 3, point 5."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest
from archives import changed
from backends import Clock, open_store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import vstore
from bench.histories import KINDS, record
from vstore import tracing
from vstore.answers import Blame
from vstore.errors import Corrupt
from vstore.questions import Questions
from vstore.rows import ANSWER, CHECKPOINT, Kept
from vstore.storage.memory import MemoryStorage
from vstore.store import Store
