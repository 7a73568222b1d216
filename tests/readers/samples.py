"""Small files as instruments write them, one for each format, from what is known of it."""

from pathlib import Path

DIGATRON = """\
Timestamp,Step,Status,Prog Time#s,Cycle,Voltage#V,Current#A,AhCha#Ah,AhDch#Ah,WhCha#Wh,WhDch#Wh,T1#degC,Tenv#degC
2024-10-27T02:59:58.500+02:00,1,PAU,0,0,3.5,0,0,0,0,0,24.5,25.0
2024-10-27T02:59:59.500+02:00,2,CHA,0,1,3.6,1.5,0.001,0,0.004,0,24.6,25.1
2024-10-27T02:00:00.500+01:00,2,CHA,1,1,3.7,1.5,0.002,0,0.008,0,24.7,25.1
2024-10-27T02:00:01.500+01:00,3,DCH,0,2,3.4,-2.0,0.002,0.001,0.008,0.004,24.8,25.2
2024-10-27T02:00:02.500+01:00,3,DCH,1,2,3.3,-2.0,0.002,0.003,0.008,0.010,24.8,25.2
"""
"""Summer time ends between its second and its third row."""

REPOWER = """\
Cycle ID,Step ID,Record ID,Step State,Relative Time(Sec),Voltage(V),Current(A),Capacity(Ah),Energy(Wh),\
System Time,MTV1(℃)
1,1,1,Rest,0,3.5,0,0,0, 2024-01-02 10:00:00,25.0
1,1,2,Rest,1,3.5,0,0,0, 2024-01-02 10:00:01,25.0
1,2,3,CC Charge,0,3.6,1.0,0,0, 2024-01-02 10:00:02,25.1
1,2,4,CC Charge,1,3.7,1.0,0.0003,0.001, 2024-01-02 10:00:03,25.2
1,3,5,CC Discharge,0,3.5,-1.0,0,0, 2024-01-02 10:00:04,25.3
1,3,6,CC Discharge,1,3.4,-1.0,0.0003,0.001, 2024-01-02 10:00:05,25.4
"""

BASYTEC_CSV = """\
run_time,c_vol,c_cur,c_surf_temp,step_type
00:00:00.000,3.500,0.000,25.0,1
00:00:10.500,3.600,1.500,25.1,2
23:59:59.900,3.700,1.500,25.2,2
27:00:00.250,3.400,-1.500,25.3,3
"""

BIOLOGIC_CSV = """\
time_s,Ecell_V,I_mA,EnergyCharge_W_h,QCharge_mA_h,EnergyDischarge_W_h,QDischarge_mA_h,Temperature__C,cycleNumber,Ns
0.0,3.5,0.0,0,0,0,0,25.0,0,0
3600.0,3.6,1500.0,5.4,1500.0,0,0,25.1,0,1
7200.0,3.7,1500.0,10.8,3000.0,0,0,25.2,0,1
10800.0,3.4,-500.0,10.8,3000.0,1.7,500.0,25.3,1,2
14400.0,3.3,-500.0,10.8,3000.0,3.4,1000.0,25.4,1,2
"""

NEWARE_OLD = """\
Record ID,Cycle ID,Step ID,Step Name,Time(h:min:s.ms),Voltage(V),Cur(mA),CapaCity(mAh),Energy(mWh),Date(h:min:s.ms)
1,1,1,Rest,00:00:00.000,3.5,0,0,0,2024-01-02 10:00:00.000
2,1,1,Rest,00:00:01.500,3.5,0,0,0,2024-01-02 10:00:01.500
3,1,2,CC_Chg,00:00:00.500,3.6,1500,0.2,1,2024-01-02 10:00:02.000
4,1,2,CC_Chg,00:00:02.000,3.7,1500,0.8,3,2024-01-02 10:00:03.500
5,2,3,CC_DChg,00:00:00.500,3.5,1500,0.2,1,2024-01-02 10:00:04.000
6,2,3,CC_DChg,00:00:02.000,3.4,1500,0.8,3,2024-01-02 10:00:05.500
"""
"""Its current has no sign; that is in the name of the step."""

NEWARE_NEW = """\
DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),Voltage(V),Chg. Cap.(Ah),DChg. Cap.(Ah),Date,T1(℃)
1,1,1,Rest,0:00:00,0:00:00,0,3.5,0,0,2024-01-02 10:00:00,25.0
2,1,2,CC Chg,0:00:01,0:00:01,1.5,3.6,0,0,2024-01-02 10:00:01,25.1
3,1,2,CC Chg,25:00:02,25:00:02,1.5,3.7,37.5,0,2024-01-03 11:00:02,25.2
4,1,3,CC DChg,0:00:01,25:00:03,-1.5,3.5,0,0,2024-01-03 11:00:03,25.3
5,1,3,CC DChg,1:00:01,26:00:03,-1.5,3.4,0,1.5,2024-01-03 12:00:03,25.4
"""

MACCOR_TEXT = """\
Today's Date\t04/05/2024\tDate of Test:\t03/14/2024\tFilename:\tC:\\x.057\tProcedure:\tform.000\t\
Comment/Barcode:\t[c7] hello
Rec#\tCyc#\tStep\tTest (Sec)\tStep (Sec)\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPT Time
1\t0\t1\t0.0\t0.0\t0.0\t0.0\t0.0\t3.5\tR\t0\t03/14/2024 13:00:00
2\t0\t1\t10.0\t10.0\t0.0\t0.0\t0.0\t3.5\tR\t1\t03/14/2024 13:00:10
3\t0\t2\t11.0\t1.0\t0.0005\t0.002\t1.8\t3.6\tC\t1\t03/14/2024 13:00:11
4\t0\t2\t21.0\t11.0\t0.0055\t0.020\t1.8\t3.7\tC\t1\t03/14/2024 13:00:21
5\t0\t2\t31.0\t21.0\t0.0105\t0.038\t1.8\t3.75\tS\t133\t03/14/2024 13:00:31
6\t0\t3\t32.0\t1.0\t0.0005\t0.002\t1.8\t3.6\tD\t1\t03/14/2024 13:00:32
7\t0\t3\t42.0\t11.0\t0.0055\t0.019\t1.8\t3.4\tD\t1\t03/14/2024 13:00:42
8\t0\t3\t52.0\t21.0\t0.0105\t0.036\t1.8\t3.3\tS\t133\t03/14/2024 13:00:52
9\t0\t4\t53.0\t1.0\t0.0\t0.0\t0.0\t3.35\tP\t1\t03/14/2024 13:00:53
10\t1\t5\t54.0\t1.0\t0.0\t0.0\t0.0\t3.35\tO\t1\t03/14/2024 13:00:54
"""
"""Its current has no sign, and rows of suspension say no direction."""

MACCOR_CSV = """\
Cycle C,Cycle P,Step,Test Time,Step Time,Current,Voltage,Capacity,Energy,MD,DPT Time
,,,(d:h:m:s),(d:h:m:s),(mA),(V),(mAh),(mWh),,
0,7,1,0d 00:00:00.00,0d 00:00:00.00,0,3.5,0,0,R,03/14/2024 01:00:00 PM
1,7,2,1d 01:00:10.50,0d 00:00:01.00,-500,3.6,1,3.6,C,03/15/2024 02:00:10 PM
1,7,2,1d 01:00:20.50,0d 00:00:11.00,-500,3.7,2.4,9,C,03/15/2024 02:00:20 PM
1,7,3,1d 01:00:30.50,0d 00:00:01.00,500,3.5,1,3.6,D,03/15/2024 02:00:30 PM
"""

BDF_MACHINE = """\
test_time_second,voltage_volt,current_ampere,unix_time_second,cycle_count,step_count,ambient_temperature_celsius,\
charging_capacity_ampere_hour,discharging_capacity_ampere_hour,charging_energy_watt_hour,discharging_energy_watt_hour
0.5,3.5,0.0,1700000000.0,1,1,25.0,0,0,0,0
10.5,3.6,1.5,1700000010.0,1,2,25.1,0.1,0,0.4,0
20.5,3.7,1.5,1700000020.0,1,2,25.2,0.2,0,0.8,0
30.5,3.4,-1.5,1700000030.0,2,3,25.3,0.2,0.1,0.8,0.3
40.5,3.3,-1.5,1700000040.0,2,3,25.4,0.2,0.2,0.8,0.6
"""
"""Current is positive on charge here, which only its counters say."""

BDF_LABELS = BDF_MACHINE.replace(
    BDF_MACHINE.partition("\n")[0],
    "Test Time / s,Voltage / V,Current / A,Unix Time / s,Cycle Count / 1,Step Count / 1,Ambient Temperature / degC,"
    "Charging Capacity / Ah,Discharging Capacity / Ah,Charging Energy / Wh,Discharging Energy / Wh",
)

GAMRY_CURVE = """\
EXPLAIN
TAG\tPWR800_CHARGE\t
TITLE\tLABEL\tcell 7\tTest &Identifier
DATE\tLABEL\t4/23/2018\tDate
TIME\tLABEL\t13:45:01\tTime
PSTAT\tPSTAT\tIFC1010-1\tPotentiostat
CURVE\tTABLE\t4
\tPt\tT\tVf\tIm\tVu\tSig\tAch\tIERange\tOver\tTemp
\t#\ts\tV vs. Ref.\tA\tV\tV\tV\t#\tbits\tdeg C
\t0\t0\t3.5\t0.0\t0\t0\t0\t9\t...........\t24.5
\t1\t1.5\t3.6\t0.5\t0\t0\t0\t9\t...........\t24.6
\t2\t3\t3.7\t0.5\t0\t0\t0\t9\t...........\t24.7
\t3\t4.5\t3.4\t-0.25\t0\t0\t0\t9\t...........\t24.8
EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted
"""

ARBIN = """\
Data_Point,Test_Time(s),Date_Time,Step_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V),Charge_Capacity(Ah),\
Discharge_Capacity(Ah),Charge_Energy(Wh),Discharge_Energy(Wh),Aux_Temperature_1(C)
1,10.5,01/13/2024 10:00:10.5,10.5,1,1,0,3.50,0.5,0.25,1,0.5,25.0
2,20.5,01/13/2024 10:00:20.5,0.5,2,1,0.5,3.60,0.5,0.25,1,0.5,25.1
3,30.5,01/13/2024 10:00:30.5,10.5,2,1,0.5,3.70,0.6,0.25,1.4,0.5,25.2
4,40.5,01/13/2024 10:00:40.5,0.5,3,2,-0.5,3.60,0.6,0.25,1.4,0.5,25.3
5,50.5,01/13/2024 10:00:50.5,10.5,3,2,-0.5,3.40,0.6,0.35,1.4,0.8,25.4
"""

SAMPLES = {
    "digatron.csv": DIGATRON,
    "repower.csv": REPOWER,
    "basytec.csv": BASYTEC_CSV,
    "biologic.csv": BIOLOGIC_CSV,
    "neware-old.csv": NEWARE_OLD,
    "neware-new.csv": NEWARE_NEW,
    "maccor.txt": MACCOR_TEXT,
    "maccor.csv": MACCOR_CSV,
    "machine.bdf.csv": BDF_MACHINE,
    "labels.bdf.csv": BDF_LABELS,
    "gamry.dta": GAMRY_CURVE,
    "arbin.csv": ARBIN,
}


def write_samples(folder: Path) -> list[Path]:
    """Write all of them into a folder."""
    for name, text in SAMPLES.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return [folder / name for name in SAMPLES]
