"""The declarations of the package are those of the headers."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import unittest
from ctypes import POINTER
from pathlib import Path
from typing import Any, Dict, List

from binding_support import CHECKOUT, HEADERS, MISSING
from gitops import _structs, enums
from gitops._functions import FUNCTIONS
from gitops._library import find_library, load_library
from gitops._structs import HANDLES, STRUCTS, handle_type
import headers

SCALARS: Dict[str, Any] = {
    "void": None, "int": ctypes.c_int, "int32_t": ctypes.c_int32, "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64, "uint64_t": ctypes.c_uint64, "size_t": ctypes.c_size_t,
    "double": ctypes.c_double, "gitops_write_fn": _structs.WriteFn,
    "gitops_unit_name_fn": _structs.UnitNameFn,
}


def ctypes_type(declared: str) -> Any:
    """The ctypes type of a parameter or result, other than text."""
    if declared in SCALARS:
        return SCALARS[declared]
    if declared == "void*":
        return ctypes.c_void_p
    inner = declared[:-1]
    if inner in STRUCTS:
        return POINTER(STRUCTS[inner])
    if inner.startswith("gitops_") and "*" not in inner:
        return handle_type(inner[len("gitops_"):])
    return POINTER(ctypes_type(inner))


def parameter_type(parameter: headers.Parameter) -> Any:
    if parameter.type == "char*":
        return POINTER(ctypes.c_char) if parameter.name == "out" else ctypes.c_char_p
    return ctypes_type(parameter.type)


def result_type(name: str, function: headers.Function) -> Any:
    """Text with a length is an address: it need not end in NUL."""
    if function.result != "char*":
        return ctypes_type(function.result)
    sized = headers.Parameter("size_t*", "length") in function.parameters
    return ctypes.c_void_p if sized or name == "gitops_buffer_data" else ctypes.c_char_p


@unittest.skipUnless(HEADERS.is_dir(), "the headers are not beside the package")
class Declarations(unittest.TestCase):
    def test_functions_same_as_headers(self) -> None:
        declared = headers.functions(HEADERS)
        self.assertGreater(len(declared), 150)
        self.assertEqual(list(sorted(declared)), list(sorted(FUNCTIONS)))

    def test_signatures_same_as_headers(self) -> None:
        for name, function in headers.functions(HEADERS).items():
            with self.subTest(name):
                result, parameters = FUNCTIONS[name]
                self.assertIs(result, result_type(name, function))
                self.assertEqual(parameters, [parameter_type(p) for p in function.parameters])

    def test_structs_same_as_headers(self) -> None:
        declared = headers.structs(HEADERS)
        self.assertEqual(set(declared), set(STRUCTS))
        for name, members in declared.items():
            with self.subTest(name):
                fields: List[Any] = list(getattr(STRUCTS[name], "_fields_"))
                self.assertEqual(members, [field[0] for field in fields])

    def test_handles_same_as_headers(self) -> None:
        declared = [name[len("gitops_"):] for name in headers.handles(HEADERS)]
        self.assertEqual(sorted(declared), sorted(HANDLES))

    def test_constants_same_as_headers(self) -> None:
        known = {name for name, _ in all_constants()}
        self.assertEqual(set(headers.constants(HEADERS)), known)


def all_constants() -> List[Any]:
    """Name in C and value of each enumerator the package knows."""
    return [(prefix + member.name, int(member))
            for prefix, enumeration in enums.PREFIXES.items() for member in enumeration]


def probe_program() -> str:
    """A C program that prints what a compiler makes of each struct, member and constant."""
    lines = ["#include <gitops.h>", "#include <stdio.h>", "int main(void) {"]
    for name, struct in STRUCTS.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        for field in getattr(struct, "_fields_"):
            lines.append(f'printf("{name}.{field[0]} %zu %zu\\n", offsetof({name}, {field[0]}), '
                         f'sizeof((({name} *)0)->{field[0]}));')
    lines += [f'printf("{name} %d\\n", {name});' for name, _ in all_constants()]
    lines += ['printf("GITOPS_NO_DELETES %d\\n", GITOPS_NO_DELETES);',
              'printf("GITOPS_NO_LIMIT %d\\n", GITOPS_NO_LIMIT);', "return 0; }"]
    return "\n".join(lines)


def probe_expected() -> List[str]:
    lines = []
    for name, struct in STRUCTS.items():
        lines.append(f"{name} {ctypes.sizeof(struct)}")
        for field in getattr(struct, "_fields_"):
            place = getattr(struct, field[0])
            lines.append(f"{name}.{field[0]} {place.offset} {place.size}")
    lines += [f"{name} {value}" for name, value in all_constants()]
    return lines + [f"GITOPS_NO_DELETES {enums.NO_DELETES}", f"GITOPS_NO_LIMIT {enums.NO_LIMIT}"]


class Layout(unittest.TestCase):
    @unittest.skipUnless(HEADERS.is_dir(), "the headers are not beside the package")
    def test_sizes_offsets_and_values_same_as_compiler(self) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            self.skipTest("no C compiler")
        with tempfile.TemporaryDirectory() as folder:
            source, program = Path(folder, "probe.c"), Path(folder, "probe")
            source.write_text(probe_program())
            subprocess.run([compiler, f"-I{CHECKOUT / 'include'}", "-o", str(program),
                            str(source)], check=True)
            printed = subprocess.run([str(program)], check=True, capture_output=True, text=True)
        self.assertEqual(printed.stdout.splitlines(), probe_expected())

    def test_error_size_for_ever(self) -> None:
        self.assertEqual(ctypes.sizeof(_structs.Error), 1024)


@unittest.skipIf(MISSING, MISSING or "")
class Loading(unittest.TestCase):
    def test_every_function_has_its_signature(self) -> None:
        library = load_library(find_library())
        for name, (result, parameters) in FUNCTIONS.items():
            function = getattr(library, name)
            self.assertIs(function.restype, result, name)
            self.assertEqual(function.argtypes, parameters, name)


if __name__ == "__main__":
    unittest.main()
