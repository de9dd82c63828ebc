"""Every story, one after the other, and at the end: was anything left out?"""

import story  # noqa: F401
import batch  # noqa: F401
import async_story  # noqa: F401
import messages  # noqa: F401
import async_messages  # noqa: F401
from shared import called, passed

missed = [name for name, was_called in called.items() if not was_called]
assert not missed, missed
passed(f"every method was called, all {len(called)}")
