"""Files of cyclers, read by ionworksdata: those of the shared ones that it can read, and the reader that reads each."""

import warnings
from pathlib import Path

import ionworksdata
from oracle.case import Case

FOLDER = Path(__file__).parents[3] / "shared" / "cycler_files"
READERS = {
    "arbin/PyProBE__sample_data_arbin.csv": "arbin",
    "arbin/battery-data-toolkit__arbin_example.csv": "arbin",
    "arbin/galv-harvester__arbin.csv": "arbin",
    "arbin/navani__bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx": "arbin",
    "basytec/PyProBE__sample_data_basytec.txt": "basytec",
    "bdf/datalab__arbin_example.bdf.csv": "arbin",
    "biologic/PyProBE__Sample_data_biologic_01_MB_CA1.txt": "biologic",
    "biologic/PyProBE__Sample_data_biologic_no_header.mpt": "biologic",
    "biologic/impedance.py__exampleDataBioLogic.mpt": "biologic",
    "biologic/impedance.py__exampleDataBioLogic_MissingFreq.mpt": "biologic",
    "gamry/impedance.py__exampleDataGamry.DTA": "gamry",
    "gamry/impedance.py__exampleDataGamryABORT.DTA": "gamry",
    "landt/battery-data-format__SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv": "csv",
    "maccor/PyProBE__sample_data_maccor.csv": "maccor",
    "maccor/battery-data-toolkit__maccor_example.001": "maccor",
    "maccor/battery-data-toolkit__maccor_example.002": "maccor",
    "maccor/beep__PredictionDiagnostics_000151_test.052": "maccor",
    "maccor/beep__xTESLADIAG_000038.078": "maccor",
    "maccor/cellpy__maccor_three.txt": "maccor",
    "maccor/cellpy__maccor_two.txt": "maccor",
    "neware/cellpy__neware_uio.csv": "neware",
    "novonix/PyProBE__sample_data_novonix.csv": "novonix",
    "pyprobe_parquet/PyProBE__NDK - LG M50 deg - exp 2,2 - rig 3 - 25degC - cell C - BoL - RPT0_short_CA4.parquet": (
        "parquet"
    ),
}
BARE = " without its sums"
"""The same file, of which cellkeep and ionworksdata have to find charge and energy themselves."""
_SUMS = ("Discharge capacity [A.h]", "Charge capacity [A.h]", "Discharge energy [W.h]", "Charge energy [W.h]")


def read_files() -> dict[str, Case]:
    """A series of each file; none where the files are not there."""
    return {name: case for path in READERS if (FOLDER / path).is_file() for name, case in _of_file(path).items()}


def read_file(path: str) -> Case:
    """The series of a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the file, not about the tables
        return Case(ionworksdata.read.time_series(FOLDER / path, reader=READERS[path]))


def _of_file(path: str) -> dict[str, Case]:
    series = read_file(path).series
    return {path: Case(series), path + BARE: Case(series.drop(*_SUMS, "Power [W]"), rated_capacity_ah=2.0)}
