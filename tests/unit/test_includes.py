"""What a file includes: a compiler's include paths, told from a tree's layout."""

from __future__ import annotations

from kernelref.resolvers.index.includes import Includes

TREE = {
    "include/linux/mm.h": ["<asm/page.h", "<linux/types.h"],
    "include/linux/types.h": ["<linux/mm.h"],
    "include/uapi/linux/mman.h": [],
    "include/asm-generic/page.h": [],
    "arch/arm64/include/asm/page.h": ['"page-def.h'],
    "arch/arm64/include/asm/page-def.h": [],
    "arch/x86/include/asm/page.h": [],
    "arch/x86/include/uapi/asm/mman.h": [],
    "arch/x86/mm/fault.c": ["<linux/mm.h", "<asm/mman.h"],
    "mm/gup.c": ["<linux/mm.h", '"internal.h', "<linux/mman.h"],
    "mm/internal.h": [],
    "mm/percpu.c": ["<linux/mm.h", '"percpu-km.c', '"../mm/internal.h'],
    "mm/percpu-km.c": ["<linux/mman.h"],
    "mm/kasan/kasan.h": [],
    "mm/kasan/deep/init.c": ["<kasan/kasan.h", "<generated/bounds.h"],
    "tools/include/linux/mm.h": [],
    "tools/mm/page.c": ["<linux/mm.h"],
}
INCLUDES = Includes(list(TREE), ["\t".join([path, *written]) for path, written in TREE.items()])


def test_closure() -> None:
    """Angle brackets, quotes, architectures, user headers, another world, a folder's own include path."""
    everywhere = {"include/linux/mm.h", "include/linux/types.h", "include/asm-generic/page.h"}
    arm = {"arch/arm64/include/asm/page.h", "arch/arm64/include/asm/page-def.h"}
    x86 = {"arch/x86/include/asm/page.h"}
    assert INCLUDES.closure("arch/x86/mm/fault.c") == everywhere | x86 | {"arch/x86/include/uapi/asm/mman.h"}
    assert INCLUDES.closure("mm/gup.c") == (
        everywhere | arm | x86 | {"mm/internal.h", "include/uapi/linux/mman.h"}
    )
    assert INCLUDES.closure("mm/kasan/deep/init.c") == {"mm/kasan/kasan.h"}
    assert INCLUDES.closure("tools/mm/page.c") == {"tools/include/linux/mm.h"}
    assert INCLUDES.closure("mm/internal.h") == INCLUDES.closure("nowhere.c") == set()


def test_what_is_included_sees_what_its_users_see() -> None:
    """A header, and a C file that another includes, rely on what was included before them."""
    assert INCLUDES.sees("mm/percpu-km.c", "include/linux/mm.h")
    assert not INCLUDES.sees("mm/percpu-km.c", "mm/kasan/kasan.h")
    assert INCLUDES.sees("mm/percpu.c", "mm/percpu-km.c") and not INCLUDES.sees("mm/gup.c", "mm/percpu-km.c")
    assert INCLUDES.sees("mm/internal.h", "include/linux/mm.h")
    assert INCLUDES.sees("mm/gup.c", "mm/gup.c") and not INCLUDES.sees("mm/gup.c", "mm/percpu.c")
