/* SPDX-License-Identifier: MIT
 *
 * The registry of containers. */
#include "image/container.h"

#define CONTAINER(name) extern const struct rmn_image_container rmn_container_##name;
#include "image/images.def"
#undef CONTAINER

const struct rmn_image_container *const rmn_image_containers[] = {
#define CONTAINER(name) &rmn_container_##name,
#include "image/images.def"
#undef CONTAINER
	NULL
};
