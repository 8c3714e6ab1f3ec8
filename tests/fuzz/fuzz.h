/* SPDX-License-Identifier: MIT
 *
 * What a fuzz target is: libFuzzer's two functions.  The same object linked with replay.c runs a
 * folder of files instead, so the corpus is part of `make check` without a fuzzing engine. */
#ifndef RMN_TESTS_FUZZ_H
#define RMN_TESTS_FUZZ_H

#include "base/sink.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A sink that reads everything it is offered, up to a bound, and keeps nothing. */
extern const struct rmn_sink rmn_fuzz_sink;

#endif
