"""tccli as it is, except that its sample plugin wants the SDK of a product that nothing here uses."""

import sys
import types

for name in ("tencentcloud.cvm", "tencentcloud.cvm.v20170312"):
    stub = types.ModuleType(name)
    stub.__dict__.update(cvm_client=None, models=None)
    sys.modules[name] = stub

from tccli.main import main  # noqa: E402 - after the stubs

sys.exit(main())
