/* SPDX-License-Identifier: MIT */
/* thespis - everything a program needs; see docs/ and README.md. */
#ifndef THESPIS_THESPIS_H
#define THESPIS_THESPIS_H

#include "thespis/actor.h"
#include "thespis/address.h"
#include "thespis/become.h"
#include "thespis/blob.h"
#include "thespis/call.h"
#include "thespis/capability.h"
#include "thespis/client.h"
#include "thespis/codec.h"
#include "thespis/dead.h"
#include "thespis/draft.h"
#include "thespis/failure.h"
#include "thespis/inspect.h"
#include "thespis/keep.h"
#include "thespis/life.h"
#include "thespis/link.h"
#include "thespis/log.h"
#include "thespis/message.h"
#include "thespis/monitor.h"
#include "thespis/name.h"
#include "thespis/print.h"
#include "thespis/status.h"
#include "thespis/supervise.h"
#include "thespis/timer.h"
#include "thespis/version.h"
#include "thespis/vm.h"

#endif
