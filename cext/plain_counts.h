/* Included before every generated module.
 *
 * Cython counts the users of a memoryview with atomic instructions, at 7 ns or so each, although it counts with the
 * interpreter's lock held (`nogil` code here handles no memoryview). A local name for an array, which saves time on
 * a board, would cost more than the work that it saves. So the count goes up and down plainly; builds of an
 * interpreter without that lock keep Cython's own way.
 */
#include <Python.h>

#if !defined(Py_GIL_DISABLED) && !defined(__STDC_NO_ATOMICS__) && !defined(__cplusplus)
#include <stdatomic.h>

static inline int plain_add(atomic_int *count, int n)
{
    int before = atomic_load_explicit(count, memory_order_relaxed);
    atomic_store_explicit(count, before + n, memory_order_relaxed);
    return before;
}

#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub_explicit
#define atomic_fetch_add_explicit(count, n, order) plain_add(count, n)
#define atomic_fetch_sub_explicit(count, n, order) plain_add(count, -(n))
#endif
