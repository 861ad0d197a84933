"""How every kernel of the core is compiled.

No kernel holds the GIL or raises: bounds and divisors are right by construction, errors are codes.
`inlined` pieces disappear into the kernel that uses them; as calls they would carry some fifty array
words each, which costs more than what they do.
"""

from numba import njit

kernel = njit(nogil=True, cache=True, error_model="numpy", _nrt=False)
inlined = njit(nogil=True, error_model="numpy", forceinline=True, _nrt=False)
