/* SPDX-License-Identifier: MIT */
#include "recover/engine.h"

#define ENGINE(name) {#name, rmn_recover_##name},
const struct rmn_engine rmn_engines[] = {
#include "recover/engines.def"
	{0},
};
#undef ENGINE

const size_t rmn_engine_count = sizeof(rmn_engines) / sizeof(rmn_engines[0]) - 1;
