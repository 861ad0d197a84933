# What the benchmark measures the engine beside: nothing but the copying.

from vpdesk.core.llvm import copy_row
from vpdesk.jit import kernel


@kernel
def copy_columns(cells, last_event_ids, headers, n):
    """Copy each column of a ring to the next one, n times: what a dense column costs at the least."""
    mask = len(headers) - 1
    for i in range(n):
        copy_row(cells, (i + 1) & mask, i & mask)
        copy_row(last_event_ids, (i + 1) & mask, i & mask)
        copy_row(headers, (i + 1) & mask, i & mask)
