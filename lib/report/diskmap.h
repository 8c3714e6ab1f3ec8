/* SPDX-License-Identifier: MIT */
#ifndef RMN_REPORT_DISKMAP_H
#define RMN_REPORT_DISKMAP_H

#include "report/model.h"

/* One map for every image and device: what lies in each of RMN_REPORT_MAP_CELLS equal parts. */
enum rmn_status rmn_report_map_fill(struct rmn_report_model *model, struct rmn_case *c,
    struct rmn_error *error);

#endif
